import type { MakeSecret } from '../../plan/action.ts';
import { absent, ok } from '../../plan/answer.ts';
import type { Performer } from '../../plan/systems.ts';
import { readPrivate, removePrivate, writePrivate } from './private-files.ts';
import { Problem } from '../../problem.ts';
import { readSecret } from './secrets.ts';

const PASSWORD_BYTES = 24;

export function secretFiles(): Performer<MakeSecret> {
  const present = async ({ file }: MakeSecret) => {
    const content = await readPrivate(file);
    return content ? ok(undefined) : absent('no such file');
  };
  return {
    present,
    exists: async (action) => {
      const { file, from } = action;
      if (from === undefined) return present(action);
      return (await readPrivate(file)) === (await readGiven(from)) ? ok(undefined) : absent('another password');
    },
    create: async ({ file, from }) => {
      const value = from === undefined ? generatedPassword() : await readGiven(from);
      await writePrivate(file, value);
      return ok(undefined);
    },
    remove: async ({ file }) => {
      await removePrivate(file);
      return ok(undefined);
    },
  };
}

function generatedPassword(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(PASSWORD_BYTES))).toString('hex');
}

/** An empty one would mean none, and more than a line has no place in a redis.conf. */
async function readGiven(file: string): Promise<string> {
  const value = await readSecret({ file });
  if (value !== '' && !/[\0\r\n]/.test(value)) return value;
  throw new Problem('bad_setting', {
    message: `The password file holds ${value === '' ? 'no password' : 'more than one line'}.`,
    hint: 'Give a file with the password in its first and only line.',
  });
}
