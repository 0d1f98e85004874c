/**
 * How long a test waits for a fact that must come: only so that one that never comes is told. A slow machine may need
 * ten times what a quick one does.
 */
export const PATIENT = { timeout: 300_000 } as const;
