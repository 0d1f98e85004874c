/** redisdemo trusts only files and folders that nobody else can change, by the rule of ssh. */
import type { Stats } from 'node:fs';
import { quote } from './script/shell.ts';
import { Problem } from './problem.ts';

const WRITABLE_BY_OTHERS = 0o022;
const MODE_BITS = 0o777;

/**
 * Throws a Problem (`not_permitted`) unless the path belongs to this user or to root, and only its owner can write to it.
 * As OpenSSH's readconf.c (SSHCONF_CHECKPERM) and safe_path in misc.c. Systems without user ids have no such rule.
 */
export function assertOwn(path: string, { uid, mode }: Stats): void {
  const self = process.getuid?.();
  if (self === undefined) return;
  if (uid !== self && uid !== 0) {
    throw new Problem('not_permitted', {
      message: `${path} belongs to another user (uid ${String(uid)}), so redisdemo does not trust its content.`,
      hint: 'Set REDISDEMO_HOME to a folder that you own, or remove the path if you know that it is safe.',
    });
  }
  if ((mode & WRITABLE_BY_OTHERS) === 0) return;
  throw new Problem('not_permitted', {
    message: `${path} can be changed by other users (mode ${(mode & MODE_BITS).toString(8)}), so redisdemo does not trust its content.`,
    hint: `Look at what is in it, then fix its permissions: chmod go-w ${quote(path)}`,
  });
}
