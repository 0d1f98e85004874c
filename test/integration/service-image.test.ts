/** The image of the service: what is in it, how it runs, and that others can build it too. */
import { chmod, cp, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certify } from '../support/certificates.ts';
import { BIN } from '../support/cli.ts';
import { commandsIn, type Commands } from '../support/commands.ts';
import { skipped } from '../support/docker.ts';
import { askEngine } from '../support/engine-api.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { freePort } from '../fakes/redis-server.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';

const BASE = 'node:24-slim';
/** design: what the service adds to its base. */
const LIMIT_BYTES = 5_000_000;

interface Inspected {
  readonly Size: number;
  readonly Architecture: string;
  readonly RootFS: { readonly Layers: readonly string[] };
  readonly Config: {
    readonly User: string;
    readonly Cmd: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
    readonly Healthcheck: { readonly Test: readonly string[] };
  };
}

interface Described {
  readonly State: { readonly Health: { readonly Status: string } };
}

describe.skipIf(ownEngineMissing !== undefined)(`the image of the service${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  let ask: Commands['ask'];
  let image: string;
  beforeAll(async () => {
    sandbox = await openSandbox();
    ({ ask } = commandsIn(sandbox));
    image = String((await ask(['image', 'build']))['image']);
  });
  afterAll(() => sandbox.close());

  const inspect = async (name: string): Promise<Inspected> => {
    const [found] = JSON.parse(await sandbox.docker('image', 'inspect', name)) as [Inspected];
    return found;
  };

  /** Of the service alone. */
  const ownLayers = async (name: string): Promise<readonly string[]> => {
    const [base, all] = await Promise.all([inspect(BASE), inspect(name)]);
    return all.RootFS.Layers.slice(base.RootFS.Layers.length);
  };

  it('runs the service itself, as nobody in particular, and asks /health', async () => {
    const { Config } = await inspect(image);
    expect(Config).toMatchObject({ User: '1000:1000', Cmd: ['node', 'server.js'] });
    expect(Config.Healthcheck.Test.join(' ')).toContain('/health');
    expect(Config.Labels).toMatchObject({
      'org.opencontainers.image.title': 'redisdemo service',
      'org.opencontainers.image.licenses': 'MIT',
      redisdemo: 'image',
    });
  });

  it('adds little to its base, and no package manager ran', async () => {
    const [base, own] = await Promise.all([inspect(BASE), inspect(image)]);
    expect(own.Size - base.Size).toBeGreaterThan(0);
    expect(own.Size - base.Size).toBeLessThanOrEqual(LIMIT_BYTES);
    expect(await sandbox.docker('history', '--no-trunc', '--format', '{{.CreatedBy}}', image)).not.toMatch(
      /RUN|npm|apt/,
    );
  });

  it('built again from the same files it has the same layers', async () => {
    const layers = await ownLayers(image);
    await ask(['destroy', 'container']);
    await expect(sandbox.docker('image', 'inspect', image)).rejects.toThrow('No such image');
    expect(await ask(['image', 'build'])).toMatchObject({ image, created: [`build image ${image}`] });
    expect(await ownLayers(image)).toEqual(layers);
  });

  describe('written under umask 077, is the same image', () => {
    const inside = (name: string): Promise<string> =>
      sandbox.docker('run', '--rm', '--entrypoint', 'node', name, '-p', "require('fs').statSync('/').mode.toString(8)");
    const sh = (script: string, ...words: readonly string[]) =>
      execa('sh', ['-c', `umask 077; ${script}`, 'sh', ...words], { env: sandbox.env, cwd: sandbox.cwd });
    let layers: readonly string[];
    beforeAll(async () => (layers = await ownLayers(image)));

    it('built by docker from the ejected folder', async () => {
      await sh('"$@"', process.execPath, BIN, 'image', 'eject', 'private');
      await sh('DOCKER_BUILDKIT=0 docker build --tag private private');
      expect(await ownLayers('private')).toEqual(layers);
      expect(await inside('private')).toBe('40755');
    });

    it('built by the printed script', async () => {
      const { stdout: script } = await sandbox.run(['image', 'build', '--print']);
      await ask(['destroy', 'container']);
      await sh('printf %s "$1" | DOCKER_BUILDKIT=0 sh', script);
      expect(await ownLayers(image)).toEqual(layers);
      expect(await ask(['image', 'build'])).toMatchObject({ image, created: [] });
    });

    it('installed by npm, and then built by the engine or by the printed script: the service can read its files', async () => {
      const installed = join(sandbox.cwd, 'installed');
      await cp(join(BIN, '../..', 'dist'), join(installed, 'dist'), { recursive: true });
      await cp(dirname(BIN), join(installed, 'bin'), { recursive: true });
      await cp(join(BIN, '../..', 'package.json'), join(installed, 'package.json'));
      await sh('chmod -R go= installed');
      const own = [process.execPath, join(installed, 'bin/redisdemo.js'), 'image', 'build'];
      await ask(['destroy', 'container']);
      await sh('"$@"', ...own);
      expect(await ownLayers(image)).toEqual(layers);
      await ask(['destroy', 'container']);
      await sh('"$@" --print | DOCKER_BUILDKIT=0 sh', ...own);
      const reads = ['--entrypoint', 'node', image, '-p', "require('fs').readFileSync('server.js').length > 0"];
      expect(await sandbox.docker('run', '--rm', ...reads)).toBe('true');
      await ask(['destroy', 'container']);
      await ask(['image', 'build']);
    });
  });

  it.each([
    ['deploy', 'container', '--db', 'memory'],
    ['stack', 'up', '--image', 'redis:8'],
  ])('three at once end well: %s %s', async (...command) => {
    const port = String(await freePort());
    const runs = await Promise.all([1, 2, 3].map(() => sandbox.run([...command, '--port', port])));
    expect(runs.map(({ exitCode, stderr }) => [exitCode, exitCode === 0 ? '' : stderr])).toEqual(
      runs.map(() => [0, '']),
    );
    await sandbox.clear();
  });

  it('a bundle of authorities, longer than a variable can be, reaches the container as a file', async () => {
    certify(sandbox.cwd, 'ca');
    const bundle = (await readFile(join(sandbox.cwd, 'ca.pem'), 'utf8')).repeat(450);
    expect(bundle.length).toBeGreaterThan(200_000);
    await writeFile(join(sandbox.cwd, 'bundle.pem'), bundle);
    const redis = ['--db', 'url', '--redis-host', '192.0.2.1', '--redis-ca-file', 'bundle.pem'];
    const deploy = ['deploy', 'container', '--port', String(await freePort()), ...redis];
    const inContainer = async (): Promise<string> => {
      const read = "require('fs').readFileSync(process.env.REDISCA_FILE, 'utf8')";
      return sandbox.docker('exec', 'redisdemo-service', 'node', '-p', read);
    };
    // A network for documentation (RFC 5737): the service runs, and is not ready.
    expect((await sandbox.run([...deploy, '--timeout', '1s'])).exitCode).not.toBe(0);
    expect((await inContainer()).trim()).toBe(bundle.trim());
    // Not with `destroy`: the service would first finish what waits for that Redis, and the image would be removed.
    await sandbox.docker('rm', '--force', 'redisdemo-service');
    await sandbox.docker('volume', 'rm', 'redisdemo-service-secrets');
    const { stdout: script } = await sandbox.run([...deploy, '--timeout', '1s', '--print']);
    await execa('sh', {
      input: script,
      env: { ...sandbox.env, DOCKER_BUILDKIT: '0' },
      cwd: sandbox.cwd,
      reject: false,
    });
    expect((await inContainer()).trim()).toBe(bundle.trim());
    await sandbox.docker('rm', '--force', 'redisdemo-service');
  });

  it('for another platform needs a base image for it: said, whatever the builder makes of it', async () => {
    const other = process.arch === 'arm64' ? 'linux/amd64' : 'linux/arm64';
    for (let run = 0; run < 2; run++) {
      const { exitCode, stderr } = await sandbox.run(['image', 'build', '--platform', other]);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: expect.stringContaining(
          `→ Have the base image for it here first: docker pull --platform ${other}`,
        ) as string,
      });
    }
  });

  it('runs with a read-only file system, honours PORT, becomes healthy, and stops by itself', async () => {
    const port = await freePort();
    const publish = ['--publish', `127.0.0.1:${String(port)}:9000`, '--env', 'PORT=9000'];
    await sandbox.docker('run', '--detach', '--name', 'own', '--read-only', '--cap-drop', 'ALL', ...publish, image);
    await expect.poll(() => healthOf(port)).toBe(200);
    expect(
      await sandbox.docker('exec', 'own', 'id', '-u').catch(() => sandbox.docker('top', 'own', '-o', 'uid')),
    ).toMatch(/^(?:1000|UID\n1000)$/);
    const health = async (): Promise<string> =>
      (await askEngine<Described>(sandbox.engine.host, '/containers/own/json')).State.Health.Status;
    await expect.poll(health).toBe('healthy');
    // Not 137, as when it is killed.
    await sandbox.docker('stop', '--time', '600', 'own');
    expect(await sandbox.docker('inspect', '--format', '{{.State.ExitCode}}', 'own')).toBe('0');
    await sandbox.docker('rm', 'own');
  });

  describe.each([
    ['the classic builder', '0'],
    ['BuildKit', '1'],
  ])('ejected, with %s', (builder, buildkit) => {
    const folder = `ejected-${buildkit}`;
    // The client that knows BuildKit without a plugin is the engine's own.
    const build = (...args: readonly string[]) =>
      execa('/usr/bin/docker', ['build', ...args], {
        env: { ...sandbox.env, DOCKER_BUILDKIT: buildkit },
        cwd: sandbox.cwd,
        reject: false,
        all: true,
      });

    it('docker build DIR builds it, also where other files lie around', async () => {
      await ask(['image', 'eject', folder]);
      await sandbox.run(['image', 'eject', folder]);
      await chmod(join(sandbox.cwd, folder, 'env.example'), 0o600);
      await utimes(join(sandbox.cwd, folder, 'Dockerfile'), 1, 1);
      const { exitCode, all } = await build('--tag', folder, folder);
      expect({ exitCode, all }).toEqual({ exitCode: 0, all: expect.anything() as string });
      expect(all.includes('exporting to image')).toBe(builder === 'BuildKit');
      const files = await sandbox.docker('run', '--rm', '--entrypoint', 'node', folder, '-p', LIST);
      expect(files.split(' ')).toEqual([
        'THIRD-PARTY.txt',
        'package.json',
        'server.js',
        'server.js.LEGAL.txt',
        'static',
      ]);
    });
  });
});

const LIST = `require('fs').readdirSync('/service').sort().join(' ')`;

/** undefined while nobody answers. */
async function healthOf(port: number): Promise<number | undefined> {
  const answer = await fetch(`http://127.0.0.1:${String(port)}/health`).catch(() => undefined);
  return answer?.status;
}
