import { randomBytes } from 'node:crypto';
import type { MakeSecret } from '../plan/action.ts';
import { absent, ok } from '../plan/answer.ts';
import type { Performer } from '../plan/systems.ts';
import { readPrivate, removePrivate, writePrivate } from './private-files.ts';
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
      return (await readPrivate(file)) === (await readSecret({ file: from }))
        ? ok(undefined)
        : absent('another password');
    },
    create: async ({ file, from }) => {
      const value = from === undefined ? randomBytes(PASSWORD_BYTES).toString('hex') : await readSecret({ file: from });
      await writePrivate(file, value);
      return ok(undefined);
    },
    remove: async ({ file }) => {
      await removePrivate(file);
      return ok(undefined);
    },
  };
}
