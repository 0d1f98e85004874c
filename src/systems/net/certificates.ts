import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { failed, ok, type Answer } from '../../plan/answer.ts';
import type { ServerCertificate } from '../../plan/systems.ts';
import { writePrivate } from '../files/private-files.ts';

const TIMEOUT_MS = 10_000;

/** @param pem the server's own certificate first, whatever follows */
export async function pin(file: string, pem: string): Promise<void> {
  new X509Certificate(pem);
  await writePrivate(file, pem);
}

export function readFingerprint(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}

/** Only a handshake: nothing is sent to the server, so nothing is trusted yet. */
export function fetchCertificate(url: string): Promise<Answer<ServerCertificate>> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = connect({ host, port: Number(port || 443), rejectUnauthorized: false });
    const end = (answer: Answer<ServerCertificate>) => {
      resolve(answer);
      return socket.destroy();
    };
    socket.setTimeout(TIMEOUT_MS, () => end(failed(`no answer within ${String(TIMEOUT_MS)} ms`)));
    socket.on('error', (error: Error) => end(failed(error.message)));
    socket.on('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      if (!certificate) end(failed('it shows no certificate'));
      else end(ok({ pem: certificate.toString(), fingerprint: certificate.fingerprint256 }));
    });
  });
}
