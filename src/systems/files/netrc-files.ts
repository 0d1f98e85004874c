import type { MakeNetrc } from '../../plan/action.ts';
import { absent, ok } from '../../plan/answer.ts';
import type { Performer } from '../../plan/systems.ts';
import { readPrivate, removePrivate, writePrivate } from './private-files.ts';
import { readSecret } from './secrets.ts';

/** https://everything.curl.dev/usingcurl/netrc.html: in quotes, with backslashes before quotes and backslashes. */
export function netrcFiles(): Performer<MakeNetrc> {
  const present = async ({ file }: MakeNetrc) =>
    (await readPrivate(file)) === undefined ? absent('no such file') : ok(undefined);
  const content = async ({ machine, login, password }: MakeNetrc): Promise<string> => {
    const escaped = (await readSecret(password)).replace(/[\\"]/g, '\\$&');
    return `machine ${machine} login ${login} password "${escaped}"\n`;
  };
  return {
    present,
    exists: async (action) =>
      (await readPrivate(action.file)) === (await content(action)) ? ok(undefined) : absent('another password'),
    create: async (action) => {
      await writePrivate(action.file, await content(action));
      return ok(undefined);
    },
    remove: async ({ file }) => {
      await removePrivate(file);
      return ok(undefined);
    },
  };
}
