/** Files read out of containers, and the certificate among them that is pinned. */
import type Docker from 'dockerode';
import { extract } from 'tar-stream';
import type { PinCertificate } from '../../plan/action.ts';
import { absent, failed, ok, type Answer } from '../../plan/answer.ts';
import { OddAnswer } from './answers.ts';
import type { Ask } from './errors.ts';
import type { Kind } from './kinds.ts';
import { pin } from '../net/pins.ts';
import { readPrivate, removePrivate } from '../files/private-files.ts';

/** Certificates and passwords are small. */
const LIMIT_BYTES = 1024 * 1024;

/** As `docker cp` reads it: no shell in the container is needed. */
export async function readContainerFile(docker: Docker, name: string, path: string): Promise<string> {
  const archive = await docker.getContainer(name).getArchive({ path });
  const unpacked = extract();
  archive
    .on('error', (error: Error) => {
      unpacked.destroy(error);
    })
    .pipe(unpacked);
  const parts: Buffer[] = [];
  let length = 0;
  for await (const entry of unpacked) {
    for await (const part of entry) {
      length += (part as Buffer).length;
      if (length > LIMIT_BYTES) throw new OddAnswer(`${path} in ${name} is larger than 1 MiB`);
      parts.push(part as Buffer);
    }
  }
  return Buffer.concat(parts).toString('utf8');
}

export function pinnedCertificate(docker: Docker, ask: Ask): Kind<'pinCertificate'> {
  const read = ({ container, path }: PinCertificate): Promise<Answer<string>> =>
    ask(() => readContainerFile(docker, container, path));
  return {
    exists: async (action) => {
      const [now, pinned] = [await read(action), await readPrivate(action.file)];
      return now.kind === 'ok' && now.value !== pinned ? absent('another certificate') : now;
    },
    present: async ({ file }) => ((await readPrivate(file)) === undefined ? absent('none is pinned') : ok(undefined)),
    create: async (action) => {
      const now = await read(action);
      if (now.kind === 'failed') return now;
      if (now.kind === 'absent') return failed(now.reason, { transient: true });
      await pin(action.file, now.value);
      return ok(undefined);
    },
    remove: async ({ file }) => {
      await removePrivate(`${file}.pub`);
      await removePrivate(file);
      return ok(undefined);
    },
  };
}
