/** Trust on first use: the user compares the fingerprint of a certificate once. */
import { openAuthority } from '../../../command/given-file.ts';
import type { Invocation } from '../../../command/invocation.ts';
import type { Api, Trust } from '../../../plan/call.ts';
import type { ServerCertificate } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import { predecessorFile, predecessorOf } from '../cluster/successor.ts';
import { clusterSettings, type ClusterValues } from './options.ts';

interface Pin {
  readonly invocation: Invocation;
  readonly file: string;
}

export async function trustOf(url: string, values: ClusterValues, { invocation, file }: Pin): Promise<Trust> {
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
  const known = pinned === undefined ? [] : [undefined, pinned, await predecessorOf(file, systems)];
  if (!known.includes(values.fingerprint)) {
    await trustNow(url, values.fingerprint, { invocation, file });
    await systems.perform.remove({ kind: 'file', file: predecessorFile(file) });
  }
  return { kind: 'pinned', file };
}

/**
 * Trusts the certificate that a node shows after its bootstrap. The new fingerprint cannot be known beforehand, so --fingerprint
 * accepts it without a question. False when redisdemo did not start a bootstrap: then the certificate is somebody else's.
 */
export async function trustSuccessor({ url, trust }: Api, values: ClusterValues, invocation: Invocation) {
  if (trust.kind !== 'pinned') return false;
  const { file } = trust;
  const { certificates } = invocation.systems;
  const before = await predecessorOf(file, invocation.systems);
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

async function trustNow(url: string, expected: string | undefined, pin: Pin): Promise<void> {
  const { systems, report, confirm } = pin.invocation;
  const { fingerprint, pem } = await fetchFrom(url, pin.invocation);
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
  await systems.certificates.pin(pin.file, pem);
}
