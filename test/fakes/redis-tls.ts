/** A real `redis-server` with TLS on a second port. */
import { spawnSync } from 'node:child_process';
import type { Certificates } from '../support/certificates.ts';
import { freePort, startRedis } from './redis-server.ts';

/** A server names the first setting that it does not know. */
const hasNoTls = String(spawnSync('redis-server', ['--tls-port', '0', '--no-such', 'x']).stderr).includes("'tls-port");

/** To stand in the title of tests that are skipped; empty when redis-server has TLS, or is not there. */
export const tlsMissing = hasNoTls ? ' (SKIPPED: this redis-server is built without TLS)' : '';

export interface TlsRedis {
  readonly host: string;
  readonly port: number;
  /** Without TLS. */
  readonly plainPort: number;
  readonly stop: () => Promise<void>;
}

interface TlsOptions {
  readonly password?: string;
  /** Only those with a certificate are let in, as is Redis' default. */
  readonly demandsCertificate?: boolean;
}

/** It shows the certificate `server`. */
export async function startTlsRedis(
  { pem }: Certificates,
  { demandsCertificate = false, ...options }: TlsOptions = {},
): Promise<TlsRedis> {
  const port = await freePort();
  const settings = {
    'tls-port': String(port),
    'tls-cert-file': pem('server'),
    'tls-key-file': pem('server-key'),
    'tls-ca-cert-file': pem('ca'),
    'tls-auth-clients': demandsCertificate ? 'yes' : 'no',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const redis = await startRedis({ ...options, args });
  return { host: redis.host, port, plainPort: redis.port, stop: () => redis.stop() };
}
