import { setTimeout as sleep } from 'node:timers/promises';
import type { Resource } from '../../plan/action.ts';
import { absent, failed, ok, type Answer } from '../../plan/answer.ts';
import type { Calls, Performer } from '../../plan/systems.ts';

const GONE_LIMIT_MS = 60_000;
const PAUSE_MS = 500;

/** Resources of an API or a program: found by a question, created and removed by a call. */
export function resourceSystem(calls: Calls, signal: AbortSignal): Performer<Resource> {
  // Removal ignores an interruption: that is when there is something to remove.
  const { signal: never } = new AbortController();
  const find = ({ find: question }: Resource, until: AbortSignal) => calls.ask(question, until);
  return {
    exists: (resource) => find(resource, signal),
    present: (resource) => find(resource, never),
    create: ({ create }, { update }) =>
      create
        ? calls.send(create, signal, {
            onLine: (line) => {
              if (line.trim() !== '') update(wordsIn(line));
            },
          })
        : Promise.resolve(failed('it is only asked for, never made')),
    remove: async (resource) => {
      if (resource.remove === undefined) return absent('it stays');
      const answer = await calls.send(resource.remove, never);
      return answer.kind === 'ok' ? gone(() => find(resource, never)) : answer;
    },
  };
}

/** gcloud ends a progress line with `...done`: its current work is unknown then. */
function wordsIn(line: string): string {
  const words = line.trim().replace(/^\.+|(?<!\.)\.+$/g, '');
  return words === 'done' ? '' : words;
}

/** Some resources still exist for a while after the call was answered. */
async function gone(find: () => Promise<Answer<unknown>>): Promise<Answer<unknown>> {
  const start = performance.now();
  for (;;) {
    const found = await find();
    if (found.kind === 'absent') return ok(undefined);
    if (performance.now() - start > GONE_LIMIT_MS) return failed('it is still there');
    await sleep(PAUSE_MS);
  }
}
