/** Longer than the service needs to find out that Redis does not respond. */
export const HEALTH_TIMEOUT_MS = 10_000;

/** A start takes a second on most machines, many seconds on a throttled one. */
export const READY_LIMIT_MS = 60_000;
