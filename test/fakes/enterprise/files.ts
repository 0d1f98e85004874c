/**
 * What a node keeps on disk, below a directory that stands for the root of a container.
 *
 * Where each belief comes from: certificates are in /etc/opt/redislabs as api_cert.pem, cm_cert.pem, proxy_cert.pem:
 * see certificate.ts; data is below /var/opt/redislabs/persist: redis-enterprise-rs, tests/fixtures/node_single.json. A
 * container that is started again is the node it was: facts B5.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Identities } from './certificate.ts';
import type { ClusterState } from './state.ts';

/** What nothing of the real product knows: for tests, `docker exec NAME cat FILE`. */
export const REQUESTS_FILE = '/var/opt/redislabs/stand-in/requests.jsonl';
export const STATE_FILE = '/var/opt/redislabs/stand-in/state.json';
export const CERTIFICATE_FILE = '/etc/opt/redislabs/api_cert.pem';

export interface Kept {
  readonly uid: number;
  readonly state: ClusterState;
}

export interface Files {
  readonly requests: string;
  readonly data: string;
  readonly certificate: () => string;
  readonly keepIdentities: (identities: Identities) => void;
  readonly keepState: (kept: Kept) => void;
  readonly state: () => Kept | undefined;
}

export function openFiles(root: string): Files {
  const data = join(root, '/var/opt/redislabs/persist');
  const certificates = join(root, '/etc/opt/redislabs');
  const stateFile = join(root, STATE_FILE);
  for (const dir of [data, certificates, join(stateFile, '..')]) mkdirSync(dir, { recursive: true });
  return {
    requests: join(root, REQUESTS_FILE),
    data,
    certificate: () => readFileSync(join(root, CERTIFICATE_FILE), 'utf8'),
    keepIdentities: (identities) => {
      for (const [name, { certificate, key }] of Object.entries(identities) as [string, Identities['api']][]) {
        writeFileSync(join(certificates, `${name}_cert.pem`), certificate);
        writeFileSync(join(certificates, `${name}_key.pem`), key, { mode: 0o600 });
      }
    },
    keepState: (kept) => {
      // Tests read it at any time.
      writeFileSync(`${stateFile}.new`, JSON.stringify(kept), { mode: 0o600 });
      renameSync(`${stateFile}.new`, stateFile);
    },
    state: () => (existsSync(stateFile) ? (JSON.parse(readFileSync(stateFile, 'utf8')) as Kept) : undefined),
  };
}
