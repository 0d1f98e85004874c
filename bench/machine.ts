/** How much of the machine a run had: what others take shows in every figure. */
import { readFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';

/** To be called at the start; what it returns, at the end, for a line about the run. */
export async function watchMachine(): Promise<() => Promise<string>> {
  const machine = `Node ${process.versions.node}, ${String(cpus().length)} cores`;
  const load = `load average ${(loadavg()[0] ?? NaN).toFixed(1)} at the start`;
  const before = await readTimes();
  return async () => {
    const after = await readTimes();
    const stolen = (after.stolen - before.stolen) / (after.wanted - before.wanted);
    const share = Number.isNaN(stolen)
      ? []
      : [`the hypervisor withheld ${(stolen * 100).toFixed(0)} % of the CPU time`];
    return [machine, load, ...share].join('; ');
  };
}

interface Times {
  readonly stolen: number;
  readonly wanted: number;
}

/** The first line of proc_stat(5): user nice system idle iowait irq softirq steal. NaN where there is none. */
async function readTimes(): Promise<Times> {
  const stat = await readFile('/proc/stat', 'utf8').catch(() => '');
  const times = /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ').map(Number) ?? [];
  const [user = NaN, nice = NaN, system = NaN, , , irq = NaN, softirq = NaN, stolen = NaN] = times;
  return { stolen, wanted: user + nice + system + irq + softirq + stolen };
}
