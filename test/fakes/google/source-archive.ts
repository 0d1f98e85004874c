/** The archives of a source: `run deploy` of gcloud 528 uploads a zip file, `builds submit` a tar file (api_lib/cloudbuild/snapshot.py). */
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { unzipSync } from 'fflate';

export interface SourceFile {
  readonly path: string;
  readonly content: Buffer;
}

const GZIP = 0x1f8b;

/** Files only, by path, in the order of the archive. */
export async function unpack(archive: Buffer): Promise<readonly SourceFile[]> {
  return archive.readUInt16BE(0) === GZIP ? untar(gunzipSync(archive)) : unzip(archive);
}

/** Files only, by path, in the order of the archive. */
export function unzip(archive: Buffer): SourceFile[] {
  return Object.entries(unzipSync(archive))
    .filter(([path]) => !path.endsWith('/'))
    .map(([path, content]) => ({ path, content: Buffer.from(content) }));
}

async function untar(archive: Buffer): Promise<readonly SourceFile[]> {
  const files = extract();
  files.end(archive);
  const entries: SourceFile[] = [];
  for await (const entry of files) {
    const content = await buffer(entry);
    if (entry.header.type === 'file') entries.push({ path: entry.header.name.replace(/^\.\//, ''), content });
  }
  return entries;
}
