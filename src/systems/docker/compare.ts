import type Docker from 'dockerode';
import { isDeepStrictEqual } from 'node:util';
import { removalLine, type RunContainer } from '../../plan/action.ts';
import { absent, ok, type Answer } from '../../plan/answer.ts';
import { paused } from '../../plan/container-checks.ts';
import {
  settingsOf,
  storedSettings,
  textsOf,
  type ContainerSettings,
  type StoredSettings,
} from '../../plan/container-settings.ts';
import { Problem } from '../../problem.ts';
import { assertOurContainer, labelsOf } from './owner.ts';

type Inspected = Docker.ContainerInspectInfo;

/** @throws Problem `differs` when it has other settings and holds data, `paused`, `foreign`, `other_home` */
export function compare(action: RunContainer, found: Inspected): Answer<unknown> {
  const { Config, State, Name, NetworkSettings } = found;
  assertOurContainer(action.name, found, action.home);
  const differences = differencesOf(storedSettings(labelsOf(Config)), settingsOf(action));
  // Created, but never started: nothing is lost by replacing it.
  if (State.Status === 'created') return absent('not started yet', { way: 'replace' });
  if (differences.length > 0 && action.replace === true) return absent('it has other settings', { way: 'replace' });
  if (differences.length > 0) {
    throw new Problem('differs', {
      message: `The container ${action.name} exists with other settings.\n${differences.join('\n')}`,
      hint: `Take it away first; its data ${hasOwnData(action) ? 'is deleted with it' : 'stays'}: ${removalLine(action.stage) ?? 'redisdemo down'}`,
      details: { container: Name, differences },
    });
  }
  if (State.Paused) throw paused(action.name);
  const way = action.replace === true ? 'replace' : 'start';
  if (!State.Running) return absent(`stopped with exit code ${String(State.ExitCode)}`, { way });
  if (!(action.network in NetworkSettings.Networks)) return absent(`not on the network ${action.network}`, { way });
  return ok(undefined, earlierNote(action, found));
}

/** Only for a container that an earlier version created; otherwise undefined. */
export function earlierNote(action: RunContainer, { Config }: Inspected): string | undefined {
  if (storedSettings(labelsOf(Config))?.isEarlier !== true) return undefined;
  const { stage } = action;
  const data = hasOwnData(action) ? ' Its data is deleted with it.' : '';
  return (
    `The ${stage} stage was created by an earlier version of redisdemo, and works as before. ` +
    `To renew it, remove it and create it again.${data} Remove it with: ${removalLine(stage) ?? 'redisdemo down'}`
  );
}

function hasOwnData({ mounts }: RunContainer): boolean {
  return mounts.length === 0;
}

function differencesOf(there: StoredSettings | undefined, wanted: ContainerSettings): readonly string[] {
  const is = there ? textsOf(there.settings) : {};
  const { command } = wanted;
  const inOneWord = { ...wanted, command: command.length === 0 ? [] : [command.join(' ')] };
  const asked = textsOf(there?.isEarlier === true ? inOneWord : wanted);
  return [...new Set([...Object.keys(asked), ...Object.keys(is)])]
    .filter((field) => !isDeepStrictEqual(is[field] ?? [], asked[field] ?? []))
    .map((field) => difference(field, is[field], asked[field]));
}

/** Most values of a list are the same: only the others are shown. */
const LISTS: ReadonlySet<string> = new Set(['ports', 'volumes']);

function difference(field: string, is: readonly string[] = [], asked: readonly string[] = []): string {
  const without = (values: readonly string[], others: readonly string[]): string =>
    (LISTS.has(field) ? values.filter((value) => !others.includes(value)) : values).join(' ') || 'not set';
  return `${field}: is ${without(is, asked)}, asked for ${without(asked, is)}`;
}
