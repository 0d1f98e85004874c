/** Which fault a request meets. */
import type { Fault, FaultRule } from './options.ts';

export type FindFault = (method: string, path: string) => Fault | undefined;

/** Counts for each rule the requests that it is about. */
export function openFaults(rules: readonly FaultRule[]): FindFault {
  const counts = new Map<FaultRule, number>();
  return (method, path) => {
    const about = rules.filter((rule) => isAbout(rule, method, path));
    for (const rule of about) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    return about.find((rule) => rule.nth === undefined || rule.nth.includes(counts.get(rule) ?? 0))?.fault;
  };
}

function isAbout(rule: FaultRule, method: string, path: string): boolean {
  if (rule.method !== undefined && rule.method !== method) return false;
  return rule.path.endsWith('*') ? path.startsWith(rule.path.slice(0, -1)) : path === rule.path;
}
