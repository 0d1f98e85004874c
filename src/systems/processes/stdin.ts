import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandCall } from '../../plan/call.ts';
import { readSecret, withSecrets } from '../files/secrets.ts';

interface Input extends AsyncDisposable {
  /** For execa. */
  readonly options: { readonly input: string } | { readonly stdin: 3 };
}

/** A secret goes through a pipe. JSON is for programs that open /dev/stdin, which Node's own pipes do not let them. */
export async function openInput(stdin: NonNullable<CommandCall['stdin']>): Promise<Input> {
  if (!('json' in stdin)) {
    return { options: { input: await readSecret(stdin) }, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const folder = await mkdtemp(join(tmpdir(), 'redisdemo-'));
  const file = await open(join(folder, 'stdin'), 'wx+', 0o600);
  // From here on only those who have it open can read it.
  await rm(folder, { recursive: true });
  await file.write(asciiJson(await withSecrets(stdin.json)), 0);
  // execa's types know the numbers 3 to 9; at work it takes any.
  return { options: { stdin: file.fd as 3 }, [Symbol.asyncDispose]: () => file.close() };
}

/**
 * Programs that read YAML refuse some characters that JSON allows as they are (DEL, C1, the byte order mark) and fold
 * others (U+0085, U+2028) into spaces, gcloud 528 among them: as escapes all of them arrive. \u escapes are JSON's own.
 */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
