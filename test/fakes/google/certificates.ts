/**
 * A throwaway certificate authority and one certificate for the hosts that the stand-in plays. OpenSSL 3 signs in one
 * call each: openssl-req(1), `-x509 -CA`.
 */
import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const opensslMissing = spawnSync('openssl', ['version']).error !== undefined;

export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

export async function certify(
  dir: string,
  hosts: readonly string[],
): Promise<Certificate & { readonly caFile: string }> {
  const pem = (name: string): string => join(dir, `${name}.pem`);
  const sign = async (name: string, extension: string, ...rest: readonly string[]): Promise<void> => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', pem(`${name}-key`)];
    const subject = ['-subj', `/CN=redisdemo test ${name}`, '-days', '2', '-addext', extension, '-out', pem(name)];
    await promisify(execFile)('openssl', ['req', '-x509', ...key, ...subject, ...rest]);
  };
  await sign('ca', 'basicConstraints=critical,CA:TRUE');
  const names = hosts.map((host) => `DNS:${host}`).join(',');
  await sign('google', `subjectAltName=${names}`, '-CA', pem('ca'), '-CAkey', pem('ca-key'));
  const [key, cert] = await Promise.all([readFile(pem('google-key')), readFile(pem('google'))]);
  return { caFile: pem('ca'), key, cert };
}
