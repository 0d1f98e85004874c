/**
 * Who may come in, in the order in which Google asks: a valid token, a project that exists, an API that is on, and the
 * permission.
 *
 * Where the texts come from:
 * - PERMISSION_DENIED of Cloud Run: google-github-actions/deploy-cloudrun#427, #182.
 * - SERVICE_DISABLED and its details (ErrorInfo, `reason`): cloud.google.com/apis/design/errors; gcloud reads them in
 *   api_lib/util/apis.py to find the API that it offers to enable.
 * - CONSUMER_INVALID for a project that does not exist: the same page; the wording is made up.
 */
import { Refusal, type Call } from './exchange.ts';
import type { Match } from './router.ts';
import { apiOf, isOn, type Project } from './project.ts';
import type { Tokens } from './tokens.ts';

/** The account of the caller. Throws a Refusal. */
export function admit(call: Call, { route, params }: Match, project: Project, tokens: Tokens): string {
  if (route.open) return '';
  const caller = tokens.accountOf(bearer(call));
  if (caller === undefined) {
    throw new Refusal('UNAUTHENTICATED', 'Request had invalid authentication credentials.');
  }
  refuseOtherProject(params['project'], project);
  const api = apiOf(call.host);
  if (!isOn(api, project)) throw serviceDisabled(api, project);
  const { needs } = route;
  if (needs !== undefined && project.denied.has(needs)) throw permissionDenied(needs, resourceOf(params));
  return caller;
}

export function permissionDenied(permission: string, resource: string): Refusal {
  const message = `Permission '${permission}' denied on resource '${resource}' (or resource may not exist).`;
  return new Refusal('PERMISSION_DENIED', message);
}

function serviceDisabled(api: string, { id, number }: Project): Refusal {
  const url = `https://console.developers.google.com/apis/api/${api}/overview?project=${id}`;
  const message = `${api} has not been used in project ${number} before or it is disabled. Enable it by visiting ${url} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`;
  const metadata = { service: api, consumer: `projects/${number}`, serviceTitle: api, activationUrl: url };
  return new Refusal('PERMISSION_DENIED', message, [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'SERVICE_DISABLED',
      domain: 'googleapis.com',
      metadata,
    },
  ]);
}

function refuseOtherProject(name: string | undefined, { id, number }: Project): void {
  if (name === undefined || name === id || name === number || name === '-' || name === '_') return;
  throw new Refusal('PERMISSION_DENIED', `Permission denied on resource project ${name}.`, [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'CONSUMER_INVALID',
      domain: 'googleapis.com',
      metadata: { consumer: `projects/${name}` },
    },
  ]);
}

/** As Cloud Run names what it denies; other APIs name theirs in other ways, and no text of ours depends on that. */
function resourceOf({ project = '', name }: Readonly<Record<string, string>>): string {
  return name === undefined ? `projects/${project}` : `namespaces/${project}/services/${name}`;
}

function bearer({ headers }: Call): string {
  return /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
}
