/**
 * Certificates as a cluster makes them for itself.
 *
 * Where each belief comes from:
 * - self-signed, subject CN=<cluster name>, OU=redisdb (of the proxy's), O=RedisLabs Enterprise Cluster, alternative names
 *   <cluster name> and *.<cluster name>, both extended key usages, no basic constraints, valid for a year, made 3 s after
 *   the bootstrap began: `proxy_certificate` in redis-enterprise-rs, tests/fixtures/cluster.json.
 * - one each for the REST API, the user interface and the databases, made on the first node and copied to those that
 *   join: redis.io, "Certificates".
 * - they lie in /etc/opt/redislabs as api_cert.pem (9443), cm_cert.pem (8443) and proxy_cert.pem (databases): redis.io,
 *   "Prometheus metrics v2", example of node_cert_expiration_seconds; proxy_cert.pem also "Connect with TLS".
 *
 * Not known: the names in the certificate before there is a cluster. Here it is the name of the host.
 * Unlike the real ones: elliptic keys instead of RSA with 4096 bits, which take seconds to make.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { bits, der, objectId, sequence, text, time } from './der.ts';

export interface Identity {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
}

/** By the names of their files. */
export interface Identities {
  readonly api: Identity;
  readonly cm: Identity;
  readonly proxy: Identity;
}

const ECDSA_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));
const DAY_MS = 86_400_000;
const UNITS = { api: 'api', cm: 'cm', proxy: 'redisdb' } as const;

export function makeIdentities(name: string): Identities {
  return { api: makeIdentity(name, 'api'), cm: makeIdentity(name, 'cm'), proxy: makeIdentity(name, 'proxy') };
}

export function makeIdentity(name: string, use: keyof Identities): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = distinguishedName({
    '2.5.4.3': name,
    '2.5.4.11': UNITS[use],
    '2.5.4.10': 'RedisLabs Enterprise Cluster',
  });
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.from([1]), randomBytes(8)),
    ECDSA_SHA256,
    subject,
    sequence(time(new Date(Date.now() - DAY_MS)), time(new Date(Date.now() + 365 * DAY_MS))),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions(name))),
  );
  const certificate = sequence(body, ECDSA_SHA256, bits(sign('sha256', body, privateKey)));
  return {
    certificate: pem('CERTIFICATE', certificate),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function distinguishedName(parts: Readonly<Record<string, string>>): Buffer {
  return sequence(...Object.entries(parts).map(([type, value]) => der(0x31, sequence(objectId(type), text(value)))));
}

function extensions(name: string): Buffer[] {
  const usage = sequence(objectId('1.3.6.1.5.5.7.3.1'), objectId('1.3.6.1.5.5.7.3.2'));
  const names = sequence(...[name, `*.${name}`].map((alternative) => der(0x82, Buffer.from(alternative))));
  return [sequence(objectId('2.5.29.37'), der(0x04, usage)), sequence(objectId('2.5.29.17'), der(0x04, names))];
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
