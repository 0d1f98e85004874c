/**
 * The seconds in which a node's API does not answer as it should: while it starts, and around the certificate swap.
 *
 * Where each belief comes from:
 * - port 9443 accepts connections before the API answers, and bodies are not JSON meanwhile: a public script's tolerant
 *   `jq -R 'fromjson?'`, facts B4.1. In front of the API there is envoy ("server: envoy"): redis-enterprise-rs.
 * - after the bootstrap the web services start again (the user interface asks for a reload): redis/docs,
 *   embeds/cluster-setup.md. That connections break then, and 401 and 503 come, is what peers wait out: facts B4.8.
 *
 * Not known: what exactly comes, and in which order. Here each third of the time is another kind of trouble.
 */
import { UNAUTHORIZED, type Answer } from './answer.ts';

export type Stage = 'reset' | 'envoy' | 'html' | 'unauthorized' | 'silent';

export interface Outage {
  readonly begin: number;
  readonly ms: number;
  readonly stages: readonly Stage[];
}

const CANNED: Readonly<Record<Exclude<Stage, 'reset' | 'silent'>, Answer>> = {
  envoy: { status: 503, body: 'no healthy upstream', headers: { 'content-type': 'text/plain', server: 'envoy' } },
  html: {
    status: 502,
    body: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>',
  },
  unauthorized: UNAUTHORIZED,
};

export function stageAt({ begin, ms, stages }: Outage, now: number): Stage | undefined {
  const passed = (now - begin) / ms;
  return passed < 1 ? stages[Math.floor(passed * stages.length)] : undefined;
}

/** undefined for those where nothing is answered. */
export function cannedAnswer(stage: Stage): Answer | undefined {
  return stage === 'reset' || stage === 'silent' ? undefined : CANNED[stage];
}
