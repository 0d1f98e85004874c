import { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import type { Trust } from '../../plan/call.ts';
import { Problem } from '../../problem.ts';
import { readGiven } from '../files/given-file.ts';

export interface TlsOptions {
  readonly ca?: string;
  /** Always given: without it, Node lets NODE_TLS_REJECT_UNAUTHORIZED=0 switch every check off. */
  readonly rejectUnauthorized: boolean;
  readonly allowPartialTrustChain?: boolean;
  readonly checkServerIdentity?: (name: string, peer: PeerCertificate) => Error | undefined;
}

export const VERIFIED: TlsOptions = { rejectUnauthorized: true };

export async function tlsOptions(trust: Trust): Promise<TlsOptions> {
  if (!('file' in trust)) return trust.kind === 'insecure' ? { rejectUnauthorized: false } : VERIFIED;
  const pem = await readAuthority(trust.file, trust.kind === 'authority' ? '--ca-file' : undefined);
  if (trust.kind === 'authority') return { ...VERIFIED, ca: pem };
  const { fingerprint256 } = new X509Certificate(pem);
  return {
    ...VERIFIED,
    ca: pem,
    // Trust is in the pinned certificate itself, not in its issuer.
    allowPartialTrustChain: true,
    checkServerIdentity: (_name: string, peer: PeerCertificate) =>
      peer.fingerprint256 === fingerprint256 ? undefined : new Error('its certificate is not the pinned one'),
  };
}

/**
 * Throws a Problem (`bad_setting`) for a file that cannot be read or holds no certificate: TLS would accept it, and
 * trust nobody.
 * @param flag the flag that names the file; absent for one in the state folder
 */
export async function readAuthority(file: string, flag?: string): Promise<string> {
  try {
    // The file may be a pipe.
    const read = await readGiven(file);
    if (read.kind !== 'ok') throw new Error(read.reason);
    const { text } = read.value;
    return new X509Certificate(text).raw.length > 0 ? text : '';
  } catch (error) {
    const [place, hint] =
      flag === undefined
        ? [file, `Remove that file, then run the same command again: it asks for the certificate's fingerprint.`]
        : [`the file of ${flag}`, `Set ${flag} to a readable file with certificates in PEM format.`];
    const message = `No certificate can be read from ${place}: ${(error as Error).message}`;
    throw new Problem('bad_file', { message, hint });
  }
}

/** OpenSSL's codes for a certificate that is not trusted. */
export function isDistrust({ code, message }: NodeJS.ErrnoException): boolean {
  return (
    message.includes('not the pinned one') ||
    /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT)/.test(code ?? '')
  );
}
