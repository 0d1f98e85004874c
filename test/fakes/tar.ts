/** Tar archives that hold no times: the same entries give the same bytes. */
import { pack, type Pack } from 'tar-stream';

/** Without content and link a directory. */
export interface Entry {
  /** Without a slash at its beginning. */
  readonly path: string;
  readonly content?: Buffer | string;
  readonly link?: string;
  readonly mode?: number;
  /** User and group. */
  readonly owner?: number;
}

export function tar(entries: readonly Entry[]): Pack {
  const archive = pack();
  for (const { path, content, link, mode, owner = 0 } of entries) {
    const type = link !== undefined ? 'symlink' : content !== undefined ? 'file' : 'directory';
    const access = { mode: mode ?? (type === 'file' ? 0o644 : 0o755), uid: owner, gid: owner, mtime: new Date(0) };
    archive.entry({ name: path, type, ...access, ...(link !== undefined && { linkname: link }) }, content ?? '');
  }
  archive.finalize();
  return archive;
}
