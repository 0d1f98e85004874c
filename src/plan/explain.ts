import type { Effect } from './action.ts';
import type { Files } from './systems.ts';

/** `start`: what is there is started again. `replace`: it is removed first. */
export type EffectWay = 'create' | 'start' | 'replace' | 'remove';

/**
 * The command that a person would type for an effect, to read and to copy; undefined where only redisdemo has a use for
 * what the effect makes.
 */
export type Explain = (effect: Effect, way: EffectWay, files: PlainFiles) => Promise<string | undefined>;

/** What a command is written from: it shows public keys, and never a secret. */
export type PlainFiles = Pick<Files, 'readPrivate' | 'readSecret'>;
