import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandCall } from '../plan/call.ts';
import { withSecrets } from './json-secrets.ts';
import { readSecret } from './secrets.ts';

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
  await file.write(JSON.stringify(await withSecrets(stdin.json)), 0);
  // execa's types know the numbers 3 to 9; at work it takes any.
  return { options: { stdin: file.fd as 3 }, [Symbol.asyncDispose]: () => file.close() };
}
