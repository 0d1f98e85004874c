/** An engine on another machine: a network namespace of its own, with an address that is none of ours. */
import { joinSockets } from '../support/sockets.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { skipped } from '../support/docker.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { DAEMON_PATH } from '../fakes/dockerd.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';

/** Of networks for tests of devices: RFC 2544. */
const [HERE, THERE] = ['198.18.0.1', '198.18.0.2'];
const PORT = 2375;
const name = `rd-${String(process.pid)}`;
const ip = (...args: readonly string[]) => execa('ip', args, { env: { PATH: DAEMON_PATH } });

/** Passes connections on to the socket of an engine. */
const FORWARD = `
  const [socket, host, port] = process.argv.slice(1);
  const net = require('node:net');
  const quiet = (end) => end.on('error', () => undefined);
  net.createServer((one) => { const other = net.connect(socket); quiet(one).pipe(quiet(other)).pipe(one); })
    .listen(Number(port), host, () => console.log('listening'));`;

describe.skipIf(ownEngineMissing !== undefined)(`an engine on another machine${skipped(ownEngineMissing)}`, () => {
  const remote = { DOCKER_HOST: `tcp://${THERE}:${String(PORT)}` };
  let sandbox: Sandbox;
  let forward: ReturnType<typeof spawn>;
  beforeAll(async () => {
    sandbox = await openSandbox();
    await ip('netns', 'add', name);
    await ip('link', 'add', `${name}-a`, 'type', 'veth', 'peer', 'name', `${name}-b`, 'netns', name);
    await ip('addr', 'add', `${HERE}/30`, 'dev', `${name}-a`);
    await ip('link', 'set', `${name}-a`, 'up');
    await ip('-n', name, 'addr', 'add', `${THERE}/30`, 'dev', `${name}-b`);
    await ip('-n', name, 'link', 'set', `${name}-b`, 'up');
    const socket = sandbox.engine.host.replace('unix://', '');
    const words = ['netns', 'exec', name, process.execPath, '-e', FORWARD, socket, THERE, String(PORT)];
    forward = spawn('ip', words, { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: DAEMON_PATH } });
    if (forward.stdout) await once(forward.stdout, 'data');
  });
  afterAll(async () => {
    forward.kill();
    await ip('link', 'delete', `${name}-a`);
    await ip('netns', 'delete', name);
    await sandbox.close();
  });

  test.each([
    [['stack', 'up', '--image', 'redis:8', '--port', 'auto']],
    [['insight', 'up', '--accept-terms']],
    [['up', '--db', 'memory', '--on', 'container']],
  ])('%j stops before anything is created, and names what to do: 3', async (args) => {
    const { exitCode, stdout, stderr } = await sandbox.run(args, remote);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toBe(
      `Error: The Docker engine at ${remote.DOCKER_HOST} (from DOCKER_HOST) is on another machine. It publishes the ports ` +
        'of its containers on its own 127.0.0.1, which this machine cannot reach.\n' +
        `→ Use an engine on this machine: unset DOCKER_HOST   Or run this command on ${THERE}.\n`,
    );
    expect(await sandbox.things()).toEqual([]);
  });

  test.each([
    ['DOCKER_CONTEXT', 'the Docker context "there" of DOCKER_CONTEXT', 'unset DOCKER_CONTEXT'],
    ['', 'the Docker context "there"', 'docker context use default'],
  ])('that a context names is left as it was chosen: %j', async (variable, source, back) => {
    const env = { DOCKER_CONFIG: await mkdtemp(join(tmpdir(), 'redisdemo-test-')) };
    onTestFinished(() => rm(env.DOCKER_CONFIG, { recursive: true }));
    const endpoint = `host=${remote.DOCKER_HOST}`;
    await execa('docker', ['context', 'create', 'there', '--docker', endpoint], { env: { ...env, PATH: DAEMON_PATH } });
    if (variable === '') await execa('docker', ['context', 'use', 'there'], { env: { ...env, PATH: DAEMON_PATH } });
    const chosen = { ...env, DOCKER_HOST: '', ...(variable !== '' && { [variable]: 'there' }) };
    const { exitCode, stderr } = await sandbox.run(['stack', 'up'], chosen);
    expect(exitCode).toBe(3);
    expect(stderr).toContain(`${remote.DOCKER_HOST} (from ${source}) is on another machine`);
    expect(stderr).toContain(`Use an engine on this machine: ${back} `);
  });

  test('what runs there has no address here, is shown as not reachable, and can be removed', async () => {
    expect((await sandbox.run(['stack', 'up', '--image', 'redis:8', '--port', 'auto'])).exitCode).toBe(0);
    const env = await sandbox.run(['env'], remote);
    expect({ exitCode: env.exitCode, stdout: env.stdout }).toEqual({ exitCode: 3, stdout: '' });
    const status = await sandbox.run(['status'], remote);
    expect(status.exitCode).toBe(0);
    expect(status.stdout).toMatch(
      /stack +partial +The Docker engine at \S+ \(from DOCKER_HOST\) is on another machine/,
    );
    expect((await sandbox.run(['down', '--volumes', '--yes'], remote)).exitCode).toBe(0);
    expect(await sandbox.things()).toEqual([]);
  });

  test('the tour does not reach its stages in Docker, and pulls nothing there', async () => {
    const { exitCode, stdout } = await sandbox.run(['tour'], remote);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/stack × container +- +The Docker engine at \S+ \(from DOCKER_HOST\) is on another machine/);
    expect(await sandbox.things()).toEqual([]);
  });

  test('an engine at an address of this machine is used as one behind a socket', async () => {
    const own = createServer((client) => {
      joinSockets(client, connect(sandbox.engine.host.replace('unix://', '')));
    }).listen(PORT, HERE);
    await once(own, 'listening');
    onTestFinished(() => void own.close());
    const up = ['stack', 'up', '--image', 'redis:8', '--port', 'auto'];
    expect((await sandbox.run(up, { DOCKER_HOST: `tcp://${HERE}:${String(PORT)}` })).exitCode).toBe(0);
    await sandbox.clear();
  });
});
