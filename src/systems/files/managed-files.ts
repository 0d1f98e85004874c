import type { FileContent, ManagedFile } from '../../plan/action.ts';
import { absent, failed, ok, type Answer } from '../../plan/answer.ts';
import type { Containers, Performer } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { readPrivate, removePrivate, writePrivate } from './private-files.ts';
import { readSecret } from './secrets.ts';

const PASSWORD_BYTES = 24;

export function managedFiles(containers: Pick<Containers, 'readFile' | 'anyCreatedFrom'>): Performer<ManagedFile> {
  return {
    exists: async ({ file, content }) => {
      const there = await readPrivate(file);
      if (content === undefined || content.from === 'random') return there ? ok(undefined) : absent('no such file');
      const wanted = await contentOf(content, containers);
      if (wanted.kind !== 'ok') return wanted;
      return there === wanted.value ? ok(undefined) : absent('it holds something else');
    },
    present: async ({ file, keptFor }) => {
      if ((await readPrivate(file)) === undefined) return absent('no such file');
      if (keptFor === undefined) return ok(undefined);
      const owned = await containers.anyCreatedFrom(keptFor);
      return owned.kind === 'ok' && owned.value ? absent('still in use') : owned;
    },
    create: async ({ file, content = { from: 'random' } }) => {
      const wanted = await contentOf(content, containers);
      if (wanted.kind === 'failed') return wanted;
      // The server in the container has not written it yet.
      if (wanted.kind === 'absent') return failed(wanted.reason, { transient: true });
      await writePrivate(file, wanted.value);
      return ok(undefined);
    },
    remove: async ({ file }) => {
      await removePrivate(file);
      return ok(undefined);
    },
  };
}

async function contentOf(content: FileContent, { readFile }: Pick<Containers, 'readFile'>): Promise<Answer<string>> {
  switch (content.from) {
    case 'random':
      return ok(Buffer.from(crypto.getRandomValues(new Uint8Array(PASSWORD_BYTES))).toString('hex'));
    case 'given':
      return ok(await readGiven(content.given));
    case 'text':
      return ok(content.text);
    case 'container':
      return readFile(content.container, content.path);
  }
}

/** An empty password would mean none, and a redis.conf takes one line only. */
async function readGiven(file: string): Promise<string> {
  const value = await readSecret({ file });
  if (value !== '' && !/[\0\r\n]/.test(value)) return value;
  throw new Problem('bad_file', {
    message: `The password file holds ${value === '' ? 'no password' : 'more than one line'}.`,
    hint: 'Give a file with the password in its first and only line.',
  });
}
