/** Identity tokens, which a private service asks every caller for. */
import * as v from 'valibot';
import type { Invocation } from '../../../command/invocation.ts';
import type { Systems } from '../../../plan/systems.ts';
import type { WorkContext } from '../../../plan/wait.ts';
import { Problem } from '../../../problem.ts';
import type { OpenedAccess } from '../../../stage/target-work.ts';
import { firstSentence } from '../failures/said.ts';
import { shaped } from './answer.ts';
import { projectOf, readClient, type Client } from './client.ts';
import { gcloud, gcloudText, inProject, installFirst } from './gcloud.ts';
import { googleHttp } from './way.ts';

/** The value of an `authorization` header. A function, so that no record of settings shows it. */
export type Authorization = () => string;

const TIMEOUT_MS = 10_000;
const IMPERSONATE = 'CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT';

/**
 * A person's token is good for every service and cannot name one; that of a service account has to. gcloud 528 ignores
 * its own property auth/impersonate_service_account here (surface/auth/print_identity_token.py): it wants the flag.
 * @param audience the URL of the service, also where one of its tags is called
 */
export function identityWords({ account = '', property }: Client, audience: string): readonly string[] {
  const words = ['auth', 'print-identity-token'];
  const impersonated = property('auth', 'impersonate_service_account');
  if (impersonated !== undefined) {
    return [...words, `--impersonate-service-account=${impersonated}`, '--include-email', `--audiences=${audience}`];
  }
  return account.endsWith('.gserviceaccount.com') ? [...words, `--audiences=${audience}`] : words;
}

/** Throws a Problem (`not_permitted`) with the ways out when gcloud's login gives no such token. */
export async function identityFor(
  audience: string,
  { calls }: Pick<Systems, 'calls'>,
  signal: AbortSignal,
): Promise<Authorization> {
  const client = await readClient({ calls }, signal);
  const answer = await calls.send(gcloudText(identityWords(client, audience)), signal).catch(installFirst);
  if (answer.kind === 'ok') {
    const token = answer.value.text.trim();
    return () => `Bearer ${token}`;
  }
  throw new Problem('not_permitted', {
    message:
      'gcloud cannot print an identity token, and without one neither a private service nor a first deployment can be ' +
      `tested: ${firstSentence(answer.reason)}`,
    hint:
      'Log in with an account: gcloud auth login   With an access token or a federated login, impersonate a service ' +
      `account that can call the service: export ${IMPERSONATE}=NAME@PROJECT.iam.gserviceaccount.com ` +
      '(your login needs roles/iam.serviceAccountTokenCreator on it)',
  });
}

/** Google's own front end refuses a caller with one of these, before the service hears of it. */
export const isRefusal = (status: number): boolean => status === 401 || status === 403;

interface Called {
  readonly url: string;
  /** undefined: gcloud's own. */
  readonly project?: string | undefined;
}

/**
 * The identity token of gcloud's login, for a service on Cloud Run that asks for one. undefined for any other host, for a
 * public service, and for a stranger's, which could use the token elsewhere. Throws a Problem when gcloud gives none.
 */
export async function identityIfAsked(
  { url, project }: Called,
  systems: Pick<Systems, 'http' | 'calls'>,
  { report, signal }: WorkContext,
): Promise<Authorization | undefined> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' || !hostname.endsWith('.run.app')) return undefined;
  const http = await googleHttp(systems, signal);
  const answer = await http.send({ method: 'GET', url: `${url}/health`, timeoutMs: TIMEOUT_MS }, signal);
  if (answer.kind !== 'ok' || !isRefusal(answer.value.status)) return undefined;
  // A tag's own address is no audience: https://cloud.google.com/run/docs/authenticating/service-to-service
  const audience = `https://${hostname.replace(/^.*---/, '')}`;
  const client = await readClient(systems, signal);
  const objection = namesAudience(client, audience)
    ? undefined
    : await whyNotOurs(audience, project ?? projectOf(client), systems, signal);
  if (objection !== undefined) {
    report.say(`${hostname} refuses the call, and gets no identity token: ${objection}`, 'note');
    return undefined;
  }
  report.say(`${hostname} is private: calling it with the identity token of gcloud's login`, 'note');
  return identityFor(audience, systems, signal);
}

/** A token that names its service is good for no other one. */
const namesAudience = (client: Client, audience: string): boolean =>
  identityWords(client, audience).some((word) => word.startsWith('--audiences='));

const ADDRESSES = v.array(v.string());

/**
 * A person's token is good for every service that lets this person in. A refused call proves nothing: a container can answer
 * as Google's front end does, and would get the token. So it goes only to services of the named project, or of gcloud's.
 */
async function whyNotOurs(
  audience: string,
  project: string | undefined,
  { calls }: Pick<Systems, 'calls'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const wayOut = 'If it is yours, name its project: --project ID';
  if (project === undefined) return `it is not known whose it is. ${wayOut}`;
  const call = gcloud(['run', 'services', 'list', inProject({ project })]);
  const urls = '[.[] | .status.url, (.metadata.annotations | .["run.googleapis.com/urls"])]';
  const answer = shaped(ADDRESSES, await calls.ask({ call, select: `${urls} | map(select(. != null))` }, signal));
  if (answer.kind !== 'ok') {
    return `the services of the project ${project} could not be listed: ${firstSentence(answer.reason)}`;
  }
  const isOurs = answer.value.some((text) => text === audience || text.includes(`"${audience}"`));
  return isOurs ? undefined : `the project ${project} has no service at that address. ${wayOut}`;
}

export async function openAccess(
  values: { readonly url: string; readonly project: string | undefined },
  { systems: direct, report, signal }: Invocation,
): Promise<OpenedAccess> {
  const systems = { ...direct, http: await googleHttp(direct, signal) };
  const authorization = await identityIfAsked(values, systems, { report, signal });
  return {
    systems,
    authorization,
    advice: authorization
      ? "The service is private. gcloud's login needs roles/run.invoker on it; see which login that is: gcloud auth list"
      : 'See which address the service has, and what it does: redisdemo deploy status',
  };
}
