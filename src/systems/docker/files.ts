/** Files read out of containers. */
import type Docker from 'dockerode';
import { extract } from 'tar-stream';
import { MalformedAnswer } from './answers.ts';

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
      if (length > LIMIT_BYTES) throw new MalformedAnswer(`${path} in ${name} is larger than 1 MiB`);
      parts.push(part as Buffer);
    }
  }
  return Buffer.concat(parts).toString('utf8');
}
