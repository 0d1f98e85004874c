/**
 * Where services are reached: the older form SERVICE-HASH-REGION.a.run.app and the deterministic
 * SERVICE-NUMBER.REGION.run.app, a tag in front behind three dashes: cloud.google.com/run/docs/triggering/https-request.
 * Which one `status.url` holds differs [facts of issue 5, 8]: clients must read it.
 */
import { createHash } from 'node:crypto';
import type { Project } from './project.ts';

/** Codes of the older form, as seen in public URLs. */
const CODES: Readonly<Record<string, string>> = { 'europe-west1': 'ew', 'us-central1': 'uc', 'europe-west4': 'ez' };

interface ServiceHosts {
  readonly legacy: string;
  readonly deterministic: string;
}

export function hostsOf(
  service: { readonly name: string; readonly region: string },
  { id, number }: Project,
): ServiceHosts {
  const { name, region } = service;
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 10);
  return {
    legacy: `${name}-${hash}-${CODES[region] ?? region.replaceAll(/[^a-z0-9]/g, '')}.a.run.app`,
    deterministic: `${name}-${number}.${region}.run.app`,
  };
}

export function hostNames(service: { readonly name: string; readonly region: string }, project: Project): string[] {
  const { legacy, deterministic } = hostsOf(service, project);
  return [deterministic, legacy];
}

/** For the certificate: a star stands for one label only. */
export function hostPatterns(regions: readonly string[]): string[] {
  return ['*.googleapis.com', '*.a.run.app', ...regions.map((region) => `*.${region}.run.app`)];
}

export function isPlayed(host: string): boolean {
  return /^[\w.-]+\.(googleapis\.com|run\.app)$/.test(host);
}
