/** How long the service's /health is waited for: longer than the service needs to find out that Redis does not respond. */
export const HEALTH_TIMEOUT_MS = 10_000;

/** From the start of a service to its first healthy answer: a second here, and many on a machine of a tenth of the speed. */
export const READY_LIMIT_MS = 60_000;
