import type { Effect } from './action.ts';

/** The command that a person would type for an effect: for an audience, and to copy. */
export type Explain = (effect: Effect, what: 'create' | 'remove') => string;
