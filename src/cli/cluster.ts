/** From the options to the REST API of a cluster: our own, or any other, whose certificate is trusted explicitly. */
import { findEnterprise } from '../databases/enterprise/nodes.ts';
import { nodeApi, STAGE, type EnterpriseSettings } from '../databases/enterprise/settings.ts';
import type { Api, Trust } from '../plan/call.ts';
import type { Step } from '../plan/plan.ts';
import { Problem } from '../problem.ts';
import type { clusterSettings } from './enterprise-options.ts';
import type { Invocation } from './invocation.ts';
import type { Values } from './setting.ts';

export type ClusterValues = Values<typeof clusterSettings>;

/** A cluster: its API, what its files are called, and its containers if they are ours. */
export interface Cluster {
  readonly api: Api;
  readonly name: string;
  readonly own?: EnterpriseSettings;
}

export async function findCluster(values: ClusterValues, invocation: Invocation): Promise<Cluster> {
  const { systems, places } = invocation;
  if (values.url !== undefined) {
    return { api: await otherApi(values.url, values, invocation), name: nameOf(values.url) };
  }
  const there = await findEnterprise(systems);
  if (there?.running === true) {
    const { settings } = there;
    return { api: nodeApi(1, settings, places.home), name: STAGE, own: settings };
  }
  throw new Problem('not_running', {
    message: 'No Redis Enterprise of ours runs here.',
    hint: 'Start it with: redisdemo enterprise up   Or name another cluster: --url https://host:9443',
  });
}

export async function clusterApi(values: ClusterValues, invocation: Invocation): Promise<Api> {
  return (await findCluster(values, invocation)).api;
}

/** The password for curl, in a file that it reads. */
export function netrcStep({ netrcFile, url, user, password }: Api): Step {
  return {
    title: 'write the password for curl',
    action: { kind: 'makeNetrc', file: netrcFile, machine: new URL(url).hostname, login: user, password },
  };
}

/** With the port, so that it is not {@link STAGE}. */
function nameOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}_${port || '443'}`.replace(/[^\w.-]/g, '_');
}

async function otherApi(url: string, values: ClusterValues, invocation: Invocation): Promise<Api> {
  const { username, passwordFile } = values;
  if (passwordFile === undefined) {
    throw new Problem('bad_usage', {
      message: `The password of ${username} at ${url} is needed.`,
      hint: 'Give --password-file FILE; a password is never an argument.',
    });
  }
  const { home } = invocation.places;
  const name = nameOf(url);
  const trust = await trustOf(url, values, { invocation, file: home.certificate(name) });
  return { url, user: username, password: { file: passwordFile }, netrcFile: home.secret(`${name}-netrc`), trust };
}

interface Pinning {
  readonly invocation: Invocation;
  /** Where the certificate is kept. */
  readonly file: string;
}

async function trustOf(url: string, values: ClusterValues, { invocation, file }: Pinning): Promise<Trust> {
  if (values.insecure) {
    invocation.report.say(`--insecure: whoever answers at ${url} gets the password. Never do this at work.`, 'bad');
    return { kind: 'insecure' };
  }
  if (values.caFile !== undefined) return { kind: 'authority', file: values.caFile };
  const pinned = await invocation.systems.certificates.pinned(file);
  const isAsked = values.fingerprint === undefined || values.fingerprint === pinned;
  if (pinned === undefined || !isAsked) await trustNow(url, values.fingerprint, { invocation, file });
  return { kind: 'pinned', file };
}

/** Trust on first use: a person compares the fingerprint, or has given it. */
export async function trustNow(url: string, expected: string | undefined, pinning: Pinning): Promise<void> {
  const { systems, report, confirm } = pinning.invocation;
  const shown = await systems.certificates.fetch(url);
  if (shown.kind !== 'ok') {
    throw new Problem('not_running', {
      message: `${url} shows no certificate: ${shown.reason}.`,
      hint: 'Is the address right, and does the node run?',
    });
  }
  const { fingerprint, pem } = shown.value;
  if (expected !== undefined && expected !== fingerprint) {
    throw new Problem('not_trusted', {
      message: `The certificate of ${url} is another one.\nexpected ${expected}\ngot      ${fingerprint}`,
      hint: 'Ask who runs that server before you trust it.',
      details: { expected, fingerprint },
    });
  }
  if (expected === undefined) {
    report.say(`${url} shows a certificate with the SHA-256 fingerprint\n  ${fingerprint}`, 'note');
    const yes = await confirm('Is it the right one?', `--fingerprint ${fingerprint}`);
    if (!yes) throw new Problem('not_trusted', { message: 'The certificate was not trusted. Nothing was sent.' });
  }
  await systems.certificates.pin(pinning.file, pem);
}
