/** The operating system's view of a process: the only basis for ending one. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { absent, failed, ok, type Answer } from '../../plan/answer.ts';

export interface RunningProcess {
  readonly uid: number;
  readonly commandLine: string;
  /** In the system's notation: a later process with the same pid has another value. */
  readonly started: string;
  /** `NAME=value`; empty where the system does not show them. */
  readonly variables: readonly string[];
}

/** `absent` when it does not exist or has ended; `failed` where the system does not tell. */
export function runningProcess(pid: number): Promise<Answer<RunningProcess>> {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

const NONE = absent('it has ended');

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: field 22, counted behind the name in parentheses. */
async function fromProc(pid: number): Promise<Answer<RunningProcess>> {
  const folder = `/proc/${String(pid)}`;
  try {
    const [{ uid }, words, status, variables] = await Promise.all([
      stat(folder),
      readFile(`${folder}/cmdline`, 'utf8'),
      readFile(`${folder}/stat`, 'utf8'),
      readFile(`${folder}/environ`, 'utf8').catch(() => ''),
    ]);
    // A process that has ended, and is not yet collected by its parent, has no command line.
    if (words === '') return NONE;
    const started = status.slice(status.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return ok({
      uid,
      commandLine: words.replaceAll('\0', ' '),
      started,
      variables: variables === '' ? [] : variables.split('\0'),
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // ESRCH: it ended between the two reads. Without /proc, no process has a folder.
    const isGone = code === 'ESRCH' || (code === 'ENOENT' && existsSync('/proc/self'));
    return isGone ? NONE : untold(pid, code === 'ENOENT' ? '/proc is not mounted' : message);
  }
}

/** https://pubs.opengroup.org/onlinepubs/9699919799/utilities/ps.html, and `lstart`, which BSD and macOS have. */
async function fromPs(pid: number): Promise<Answer<RunningProcess>> {
  const columns = ['-o', 'uid=', '-o', 'lstart=', '-o', 'command='];
  const [{ execFile }, { promisify }] = await Promise.all([import('node:child_process'), import('node:util')]);
  try {
    const { stdout } = await promisify(execFile)('ps', ['-ww', ...columns, '-p', String(pid)], {
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    });
    const [uid, ...words] = stdout.trim().split(/\s+/);
    if (uid === undefined || words.length < 6) return NONE;
    const [started, commandLine] = [words.slice(0, 5).join(' '), words.slice(5).join(' ')];
    return ok({ uid: Number(uid), commandLine, started, variables: [] });
  } catch (error) {
    // ps exits with it when it selects no process.
    const { code, message } = error as Error & { readonly code?: unknown };
    return code === 1 ? NONE : untold(pid, `ps: ${message}`);
  }
}

/** Whether the process exists, and whether this user can end it. */
function untold(pid: number, reason: string): Answer<never> {
  // 0 and negative numbers address groups of processes.
  if (!Number.isSafeInteger(pid) || pid < 2) return NONE;
  try {
    process.kill(pid, 0);
    return failed(reason);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ESRCH' ? NONE : code === 'EPERM' ? absent('it belongs to another user') : failed(reason);
  }
}
