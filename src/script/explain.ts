import type { Effect, EffectKind, Explain } from '../plan/action.ts';
import { createLine, removeLine } from './lines.ts';

/** @param isOn as `--explain` says */
export function explainer(isOn: boolean): Explain | undefined {
  return isOn ? explain : undefined;
}

function explain(effect: Effect, what: 'create' | 'remove'): string {
  const line = what === 'create' ? createLine<EffectKind>(effect) : removeLine<EffectKind>(effect);
  return line ?? '';
}
