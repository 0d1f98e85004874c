/** From the options to the REST API of a cluster: our own, or any other, whose certificate is trusted explicitly. */
import { findEnterprise } from '../cluster/nodes.ts';
import { ENTERPRISE_DEFAULTS, enterpriseUpLine, nodeApi, STAGE, type EnterpriseSettings } from '../settings.ts';
import type { Api, Trust } from '../../../plan/call.ts';
import type { ServerCertificate } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import { clusterSettings } from './options.ts';
import { openAuthority, openPassword } from '../../../command/given-file.ts';
import type { Invocation } from '../../../command/invocation.ts';
import type { Values } from '../../../command/setting.ts';

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
    hint: `Start it with: ${enterpriseUpLine(there?.settings ?? ENTERPRISE_DEFAULTS)}   Or name another cluster: --url https://host:9443`,
  });
}

export async function clusterApi(values: ClusterValues, invocation: Invocation): Promise<Api> {
  return (await findCluster(values, invocation)).api;
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
  await openPassword(passwordFile, clusterSettings.passwordFile, invocation);
  const { home } = invocation.places;
  const name = nameOf(url);
  const trust = await trustOf(url, values, { invocation, file: home.certificate(name) });
  return { url, user: username, password: { file: passwordFile }, trust };
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
  if (values.caFile !== undefined) {
    await openAuthority(values.caFile, clusterSettings.caFile, invocation);
    return { kind: 'authority', file: values.caFile };
  }
  const { systems } = invocation;
  const pinned = await systems.certificates.pinned(file);
  const known = pinned === undefined ? [] : [undefined, pinned, await predecessorOf(file, invocation)];
  if (!known.includes(values.fingerprint)) {
    await trustNow(url, values.fingerprint, { invocation, file });
    await systems.perform.remove({ kind: 'file', file: predecessorFile(file) });
  }
  return { kind: 'pinned', file };
}

/**
 * A node makes itself another certificate when it becomes a cluster. Beside the pinned certificate is the fingerprint of
 * the one that the node had when redisdemo told it to: whoever trusts that one also trusts its successor. It is written
 * before the node is told, so that an interrupted bootstrap can continue.
 */
const predecessorFile = (file: string): string => `${file}.before`;

async function predecessorOf(file: string, { systems }: Invocation): Promise<string | undefined> {
  const before = predecessorFile(file);
  return (await systems.files.exists(before)) ? systems.files.readSecret({ file: before }) : undefined;
}

/** Call right before a node at an address is told to become a cluster. */
export async function expectSuccessor({ trust }: Api, { systems }: Invocation): Promise<void> {
  if (trust.kind !== 'pinned') return;
  const pinned = await systems.certificates.pinned(trust.file);
  if (pinned !== undefined) await systems.files.writePrivate(predecessorFile(trust.file), `${pinned}\n`);
}

/** Call when it refuses, or fails: from then on another certificate is somebody else's. */
export async function forgetSuccessor({ trust }: Api, { systems }: Invocation): Promise<void> {
  if (trust.kind === 'pinned') await systems.perform.remove({ kind: 'file', file: predecessorFile(trust.file) });
}

/**
 * Trusts the certificate that a node shows once it has become a cluster on our demand. With --fingerprint that happens
 * without a question, because nobody can know the new fingerprint beforehand; otherwise a person compares it. False when
 * nothing was told to the node: then another certificate is somebody else's.
 */
export async function trustSuccessor({ url, trust }: Api, values: ClusterValues, invocation: Invocation) {
  if (trust.kind !== 'pinned') return false;
  const { file } = trust;
  const { certificates } = invocation.systems;
  const before = await predecessorOf(file, invocation);
  if (before === undefined || before !== (await certificates.pinned(file))) return false;
  invocation.report.say('The node has become a cluster, and shows the certificate of the cluster now.', 'note');
  if (values.fingerprint === undefined) {
    await trustNow(url, undefined, { invocation, file });
    return true;
  }
  const { fingerprint, pem } = await fetchFrom(url, invocation);
  invocation.report.say(`Its SHA-256 fingerprint, which is trusted from now on, is\n  ${fingerprint}`, 'note');
  await certificates.pin(file, pem);
  return true;
}

async function fetchFrom(url: string, { systems }: Invocation): Promise<ServerCertificate> {
  const shown = await systems.certificates.fetch(url);
  if (shown.kind === 'ok') return shown.value;
  throw new Problem('certificate_missing', {
    message: `${url} shows no certificate: ${shown.reason}.`,
    hint: 'Check that the address is right and that the node runs.',
  });
}

/** Trust on first use: a person compares the fingerprint, or has given it. */
async function trustNow(url: string, expected: string | undefined, pinning: Pinning): Promise<void> {
  const { systems, report, confirm } = pinning.invocation;
  const { fingerprint, pem } = await fetchFrom(url, pinning.invocation);
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
