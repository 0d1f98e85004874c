/** Certificates for test servers, made with openssl: `NAME.pem` and `NAME-key.pem` in a folder. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** To stand in the title of tests that are skipped; empty when openssl is there. */
export const opensslMissing =
  spawnSync('openssl', ['version']).error === undefined ? '' : ' (SKIPPED: openssl is not on PATH)';

/** For these names (`DNS:localhost,IP:127.0.0.1`), signed by an authority of the folder; without names, an authority. */
export function certify(folder: string, name: string, alternatives?: string, authority = 'ca'): void {
  const pem = (file: string): string => join(folder, `${file}.pem`);
  const signed = alternatives === undefined ? [] : ['-CA', pem(authority), '-CAkey', pem(`${authority}-key`)];
  const extension = alternatives === undefined ? 'basicConstraints=critical,CA:TRUE' : `subjectAltName=${alternatives}`;
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', pem(`${name}-key`)];
  const rest = ['-subj', `/CN=${name}`, '-days', '2', '-addext', extension, '-out', pem(name)];
  execFileSync('openssl', ['req', '-x509', ...key, ...signed, ...rest], { stdio: 'pipe' });
}

export interface HostCertificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** A new authority of the folder, and a certificate that it signs for these hosts. */
export function certifyHosts(folder: string, hosts: readonly string[]): HostCertificate & { readonly caFile: string } {
  certify(folder, 'ca');
  certify(folder, 'hosts', hosts.map((host) => `DNS:${host}`).join(','));
  const read = (name: string): Buffer => readFileSync(join(folder, `${name}.pem`));
  return { caFile: join(folder, 'ca.pem'), key: read('hosts-key'), cert: read('hosts') };
}

export interface Certificates {
  readonly folder: string;
  /** The path of `NAME.pem`. */
  readonly pem: (name: string) => string;
}

/**
 * To be called in a `describe`, or in a file: the authority `ca` and its certificate `server`, in a folder that is there
 * for its tests.
 */
export function certificates(names = 'DNS:localhost,IP:127.0.0.1'): Certificates {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'redisdemo-certificates-'));
    certify(folder, 'ca');
    certify(folder, 'server', names);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  return {
    get folder() {
      return folder;
    },
    pem: (name) => join(folder, `${name}.pem`),
  };
}
