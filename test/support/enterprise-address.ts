/** The built CLI against a stand-in cluster at an address, as against one that somebody else runs. */
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { cli } from './cli.ts';
import { ADMIN } from './enterprise-client.ts';
import type { Cluster } from '../fakes/enterprise/cluster.ts';

interface Outcome {
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly details: unknown;
  };
}

interface Administrator {
  /** Where it runs. */
  readonly folder: string;
  /** REDISDEMO_HOME. */
  readonly home: string;
  /** The options that name the cluster and who asks it. */
  readonly login: readonly string[];
  /** `enterprise …` with the address, the login and this trust. Without one: the certificate of now. */
  readonly run: (args: readonly string[], trust?: readonly string[]) => Promise<Outcome>;
}

/** Gone at the end of the test, with its home. */
export async function administratorOf(cluster: Cluster, { username, password } = ADMIN): Promise<Administrator> {
  const folder = await mkdtemp(join(tmpdir(), 'redisdemo-address-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  const home = join(folder, 'home');
  const login = ['--url', cluster.url, '--username', username, '--password-file', passwordFile];
  return {
    folder,
    home,
    login,
    run: async (args, trust = ['--fingerprint', new X509Certificate(cluster.certificate()).fingerprint256]) => {
      const words = ['enterprise', ...args, ...login, ...trust, '--json'];
      const { exitCode, stdout, stderr } = await cli(words, { env: { REDISDEMO_HOME: home }, cwd: folder });
      return { exitCode, stderr, ...(JSON.parse(stdout) as object) };
    },
  };
}
