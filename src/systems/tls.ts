/** How the other end of a TLS connection proves who it is. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { PeerCertificate } from 'node:tls';
import type { Trust } from '../plan/call.ts';

export interface TlsOptions {
  readonly ca?: string;
  /** Always given: without it, Node lets NODE_TLS_REJECT_UNAUTHORIZED=0 switch every check off. */
  readonly rejectUnauthorized: boolean;
  readonly allowPartialTrustChain?: boolean;
  readonly checkServerIdentity?: (name: string, peer: PeerCertificate) => Error | undefined;
}

/** What the system trusts. */
export const VERIFIED: TlsOptions = { rejectUnauthorized: true };

export async function tlsOptions(trust: Trust): Promise<TlsOptions> {
  if (!('file' in trust)) return trust.kind === 'insecure' ? { rejectUnauthorized: false } : VERIFIED;
  const pem = await readFile(trust.file, 'utf8');
  if (trust.kind === 'authority') return { ...VERIFIED, ca: pem };
  const { fingerprint256 } = new X509Certificate(pem);
  return {
    ...VERIFIED,
    ca: pem,
    // The pinned certificate is trusted itself, not whoever signed it.
    allowPartialTrustChain: true,
    checkServerIdentity: (_name: string, peer: PeerCertificate) =>
      peer.fingerprint256 === fingerprint256 ? undefined : new Error('its certificate is not the pinned one'),
  };
}

/** What OpenSSL says when the certificate is not one that we trust. */
export function isDistrust({ code, message }: NodeJS.ErrnoException): boolean {
  return (
    message.includes('not the pinned one') ||
    /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT)/.test(code ?? '')
  );
}
