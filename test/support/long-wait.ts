/** How long a test polls before it fails: far longer than the slowest machine needs, so that no test depends on time. */
export const LONG_WAIT = { timeout: 300_000 } as const;
