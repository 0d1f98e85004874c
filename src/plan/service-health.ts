/** How long the service's /health is waited for: longer than the service needs to find out that Redis does not respond. */
export const HEALTH_TIMEOUT_MS = 10_000;
