import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandCall } from '../../plan/call.ts';
import { readSecret, withSecrets } from '../files/secrets.ts';

interface Input extends AsyncDisposable {
  readonly options: { readonly input: string } | { readonly stdin: 3 };
}

/** A secret goes through a pipe. JSON goes through a file: programs that open /dev/stdin cannot open Node's pipes. */
export async function openInput(stdin: NonNullable<CommandCall['stdin']>): Promise<Input> {
  if (!('json' in stdin)) {
    return { options: { input: await readSecret(stdin) }, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const folder = await mkdtemp(join(tmpdir(), 'redisdemo-'));
  const file = await open(join(folder, 'stdin'), 'wx+', 0o600);
  // From here on, only open handles can read it.
  await rm(folder, { recursive: true });
  await file.write(asciiJson(await withSecrets(stdin.json)), 0);
  // execa's types allow only 3 to 9; at run time any number works.
  return { options: { stdin: file.fd as 3 }, [Symbol.asyncDispose]: () => file.close() };
}

/**
 * YAML readers (gcloud 528) refuse some characters that JSON allows as they are (DEL, C1, the byte order mark) and fold
 * others (U+0085, U+2028) into spaces: as \u escapes, which JSON has too, all of them arrive.
 */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
