import { setTimeout as sleep } from 'node:timers/promises';
import type { Resource } from '../../plan/action.ts';
import { absent, failed, ok, type Answer } from '../../plan/answer.ts';
import type { Calls, Performer } from '../../plan/systems.ts';

const GONE_LIMIT_MS = 60_000;
const PAUSE_MS = 500;

/** What an API keeps or a program makes: found by a question, made and taken away by a call. */
export function resourceSystem(calls: Calls, signal: AbortSignal): Performer<Resource> {
  // What takes away goes on to its end: after an interruption there is something to take away.
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

/** gcloud ends what it has begun to say with `...done`: then nothing is known of what it does now. */
function wordsIn(line: string): string {
  const words = line.trim().replace(/^\.+|(?<!\.)\.+$/g, '');
  return words === 'done' ? '' : words;
}

/** Some are only on their way out when the call has been answered. */
async function gone(find: () => Promise<Answer<unknown>>): Promise<Answer<unknown>> {
  const start = performance.now();
  for (;;) {
    const found = await find();
    if (found.kind === 'absent') return ok(undefined);
    if (performance.now() - start > GONE_LIMIT_MS) return failed('it is still there');
    await sleep(PAUSE_MS);
  }
}
