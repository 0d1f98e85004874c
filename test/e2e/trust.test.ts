/** A certificate that was pinned, or an authority that was given, counts whatever the environment says. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startImpostor, type Impostor } from '../fakes/impostor.ts';
import { certificates, certify, opensslMissing } from '../support/certificates.ts';
import { cli, type CliRun } from '../support/cli.ts';
import { startService } from '../support/service-process.ts';

type Variables = Readonly<Record<string, string>>;

const SECRET = 'c4nary-secret';
/** One switches every check of Node's off, the other adds the impostor's authority to those that Node trusts. */
const ENVIRONMENTS: readonly (readonly [string, () => Variables])[] = [
  ['NODE_TLS_REJECT_UNAUTHORIZED=0', () => ({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })],
  ['NODE_EXTRA_CA_CERTS with the authority of the impostor', () => ({ NODE_EXTRA_CA_CERTS: pem('other') })],
];

const files = certificates();
const { pem } = files;

async function impostor(port = 0): Promise<Impostor> {
  const started = await startImpostor('impostor', pem, port);
  onTestFinished(() => started.stop());
  return started;
}

async function run(args: readonly string[], env: Variables): Promise<CliRun> {
  return cli(args, { env: { REDISDEMO_HOME: join(files.folder, 'home'), ...env }, cwd: files.folder });
}

/** The impostor was met, and was told nothing. */
function expectSilence({ connections, heard }: Impostor): void {
  expect(connections()).toBeGreaterThan(0);
  expect(heard()).toBe('');
}

function enterprise(port: number, ...trust: readonly string[]): readonly string[] {
  const url = `https://127.0.0.1:${String(port)}`;
  return ['enterprise', 'database', 'list', '--url', url, '--password-file', join(files.folder, 'password'), ...trust];
}

describe.skipIf(opensslMissing !== '')(`an impostor gets no password${opensslMissing}`, () => {
  beforeAll(() => {
    writeFileSync(join(files.folder, 'password'), SECRET);
    // An authority of its own, and a certificate of that for the same names.
    certify(files.folder, 'other');
    certify(files.folder, 'impostor', 'DNS:localhost,IP:127.0.0.1', 'other');
  });

  test.each(ENVIRONMENTS)('%s: where the certificate of a cluster is pinned', async (_name, env) => {
    const real = await startImpostor('server', pem);
    const { fingerprint256 } = new X509Certificate(readFileSync(pem('server')));
    await run(enterprise(real.port, '--fingerprint', fingerprint256), {});
    expect(real.heard()).toContain('authorization: Basic ');
    await real.stop();
    const other = await impostor(real.port);
    const { exitCode, stderr } = await run(enterprise(other.port), env());
    expect(exitCode).toBe(4);
    expect(stderr).toContain('is not one that we trust');
    expectSilence(other);
  });

  test.each(ENVIRONMENTS)('%s: where --ca-file is given', async (_name, env) => {
    const other = await impostor();
    const { exitCode } = await run(enterprise(other.port, '--ca-file', pem('ca')), env());
    expect(exitCode).toBe(4);
    expectSilence(other);
  });

  test.each(ENVIRONMENTS)('%s: where REDISCA is given to smoke', async (_name, env) => {
    const [service, other] = [await startService(), await impostor()];
    onTestFinished(async () => {
      await service.stop();
    });
    const redis = { REDISHOST: '127.0.0.1', REDISPORT: String(other.port), REDISPASS: SECRET };
    const { exitCode, stdout } = await run(['smoke', '--url', service.url], {
      ...redis,
      REDISCA: readFileSync(pem('ca'), 'utf8'),
      ...env(),
    });
    expect(exitCode).toBe(7);
    expect(stdout).toContain('certificate of Redis is not trusted');
    expectSilence(other);
  });

  test.each(ENVIRONMENTS)('%s: where REDISCA is given to the service', async (_name, env) => {
    const other = await impostor();
    const service = await startService({
      ...{ REDISHOST: '127.0.0.1', REDISPORT: String(other.port), REDISPASS: SECRET, REDISCA_FILE: pem('ca') },
      ...env(),
    });
    onTestFinished(async () => {
      await service.stop();
    });
    expect((await fetch(`${service.url}/health`)).status).toBe(503);
    expectSilence(other);
  });

  test.each(ENVIRONMENTS)('%s: where DOCKER_TLS_VERIFY is set', async (_name, env) => {
    const other = await impostor();
    const folder = mkdtempSync(join(files.folder, 'docker-'));
    writeFileSync(join(folder, 'ca.pem'), readFileSync(pem('ca')));
    const { exitCode, stderr } = await run(['stack', 'status'], {
      ...{ DOCKER_HOST: `tcp://127.0.0.1:${String(other.port)}`, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder },
      ...env(),
    });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('No Docker engine answers');
    expectSilence(other);
  });

  test('the variable that is ignored is named once', async () => {
    const { stderr } = await run(['env', '--db', 'url'], {
      ...{ REDISHOST: 'redis.example.com', NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    });
    expect(stderr.match(/NODE_TLS_REJECT_UNAUTHORIZED/g)).toHaveLength(1);
  });
});
