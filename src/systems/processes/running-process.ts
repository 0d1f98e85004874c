/** What the operating system itself says about a process: the only word on which one is ended. */
import { readFile, stat } from 'node:fs/promises';

export interface RunningProcess {
  /** The user it belongs to. */
  readonly uid: number;
  readonly commandLine: string;
  /** When it started, in the system's own notation: a later process with the same pid has another value. */
  readonly started: string;
  /** `NAME=value`; empty where the system does not show them. */
  readonly variables: readonly string[];
}

/** undefined when there is none, and where the system does not tell. A process that has ended is none. */
export function runningProcess(pid: number): Promise<RunningProcess | undefined> {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: field 22, counted behind the name in parentheses. */
async function fromProc(pid: number): Promise<RunningProcess | undefined> {
  const folder = `/proc/${String(pid)}`;
  try {
    const [{ uid }, words, status, variables] = await Promise.all([
      stat(folder),
      readFile(`${folder}/cmdline`, 'utf8'),
      readFile(`${folder}/stat`, 'utf8'),
      readFile(`${folder}/environ`, 'utf8').catch(() => ''),
    ]);
    // Nothing is left of the words of a process that has ended and is not yet collected by its parent.
    if (words === '') return undefined;
    const started = status.slice(status.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return {
      uid,
      commandLine: words.replaceAll('\0', ' '),
      started,
      variables: variables === '' ? [] : variables.split('\0'),
    };
  } catch {
    return undefined;
  }
}

/** https://pubs.opengroup.org/onlinepubs/9699919799/utilities/ps.html, and `lstart`, which BSD and macOS have. */
async function fromPs(pid: number): Promise<RunningProcess | undefined> {
  const columns = ['-o', 'uid=', '-o', 'lstart=', '-o', 'command='];
  const [{ execFile }, { promisify }] = await Promise.all([import('node:child_process'), import('node:util')]);
  try {
    const { stdout } = await promisify(execFile)('ps', ['-ww', ...columns, '-p', String(pid)], {
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    });
    // The user, five words of the time, the command line.
    const [uid, ...words] = stdout.trim().split(/\s+/);
    if (uid === undefined || words.length < 6) return undefined;
    const [started, commandLine] = [words.slice(0, 5).join(' '), words.slice(5).join(' ')];
    return { uid: Number(uid), commandLine, started, variables: [] };
  } catch {
    return undefined;
  }
}
