import type { Effect } from './action.ts';
import type { Files } from './systems.ts';

/** `start`: start what exists. `replace`: remove it first. */
export type EffectWay = 'create' | 'start' | 'replace' | 'remove';

/** The command that a person would type for an effect; undefined where only redisdemo uses what the effect makes. */
export type Explain = (effect: Effect, way: EffectWay, files: PlainFiles) => Promise<string | undefined>;

/** Commands show public keys, and never a secret. */
export type PlainFiles = Pick<Files, 'readPrivate' | 'readSecret'>;
