/** CPU time of a process, as the kernel counts it. */
import { readFileSync } from 'node:fs';

/** The CPU time that a process has used so far, in ticks of the kernel: fields 14 and 15 of proc_pid_stat(5). */
export function cpuTime(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  // The name of the program comes before, in brackets, and may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
