/** Docker is found as the docker client finds it: variables, contexts, TLS and ssh lead to the same real engine. */
import { execa } from 'execa';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { createServer } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { certify, opensslMissing } from '../support/certificates.ts';
import { cli, withFolder, type CliRun } from '../support/cli.ts';
import { engine, engineMissing } from '../support/docker.ts';
import { joinSockets, listening } from '../support/sockets.ts';

type Variables = Readonly<Record<string, string>>;

const HERE = engine.env['DOCKER_HOST'] ?? '';
const NO_CONTEXT = 'unix:///no/such/docker.sock';

/** Asks the engine, and nothing else: `absent` comes only from an engine that answers. */
async function status(folder: string, env: Variables): Promise<CliRun> {
  return cli(['stack', 'status'], { env: { REDISDEMO_HOME: folder, DOCKER_CONFIG: folder, ...env } });
}

async function reaches(folder: string, env: Variables): Promise<void> {
  expect(await status(folder, env)).toEqual({ exitCode: 0, stdout: 'redisdemo-stack: absent\n', stderr: '' });
}

/** By the real client, with its configuration in the folder. */
async function addContext(folder: string, name: string, host: string): Promise<void> {
  await execa('docker', ['context', 'create', name, '--docker', `host=${host}`], { env: { DOCKER_CONFIG: folder } });
}

describe.skipIf(engineMissing !== '')(`the engine${engineMissing}`, () => {
  test('of DOCKER_HOST comes before every context', () =>
    withFolder(async (folder) => {
      await addContext(folder, 'nowhere', NO_CONTEXT);
      await reaches(folder, { DOCKER_HOST: HERE });
      await reaches(folder, { DOCKER_HOST: HERE, DOCKER_CONTEXT: 'nowhere' });
    }));

  test('of DOCKER_CONTEXT comes before the current context', () =>
    withFolder(async (folder) => {
      await addContext(folder, 'here', HERE);
      await addContext(folder, 'nowhere', NO_CONTEXT);
      await execa('docker', ['context', 'use', 'nowhere'], { env: { DOCKER_CONFIG: folder } });
      await reaches(folder, { DOCKER_CONTEXT: 'here' });
      expect((await status(folder, { DOCKER_CONTEXT: 'nowhere' })).stderr).toContain(
        'or correct or unset DOCKER_CONTEXT.',
      );
      const { exitCode, stderr } = await status(folder, {});
      expect(exitCode).toBe(3);
      expect(stderr).toContain(
        `No Docker engine answers at ${NO_CONTEXT} (from the Docker context "nowhere"): the socket does not exist (ENOENT).`,
      );
      expect(stderr).toContain('or choose another context: docker context use NAME.');
    }));

  test('of the current context; an empty variable counts as not set', () =>
    withFolder(async (folder) => {
      await addContext(folder, 'here', HERE);
      await execa('docker', ['context', 'use', 'here'], { env: { DOCKER_CONFIG: folder } });
      await reaches(folder, {});
      await reaches(folder, { DOCKER_HOST: '', DOCKER_CONTEXT: '' });
    }));

  test('of a context that does not exist: exit 3, and how to see them', () =>
    withFolder(async (folder) => {
      const { exitCode, stderr } = await status(folder, { DOCKER_CONTEXT: 'gone' });
      expect(exitCode).toBe(3);
      expect(stderr).toBe('Error: The Docker context "gone" does not exist.\n→ List them with: docker context ls\n');
    }));

  test.each([
    ['ftp://host', /names no Docker engine: ftp:\/\/host \(unsupported scheme "ftp"\)/],
    ['ssh://user:word@host', /names no Docker engine: ssh:\/\/host/],
    ['ssh://%@host', /names no Docker engine: ssh:\/\/host \(a % in it is not followed by two hexadecimal digits/],
    ['ssh://host/%ff', /a % in it is not followed by two hexadecimal digits/],
    ['tcp://host/path', /a path after the host is not supported/],
  ])('is not at %s: exit 2, in words, and without a password', (host, words) =>
    withFolder(async (folder) => {
      const { exitCode, stderr } = await status(folder, { DOCKER_HOST: host });
      expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(words) as string });
      expect(stderr).not.toContain('word@');
    }),
  );

  test.skipIf(opensslMissing !== '')(`over TLS, with a certificate of the client${opensslMissing}`, () =>
    withFolder(async (folder) => {
      const host = await engineOverTls(folder);
      const trusting = { DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder };
      await reaches(folder, trusting);
      await mkdir(join(folder, 'other'));
      certify(join(folder, 'other'), 'ca');
      const { exitCode, stderr } = await status(folder, { ...trusting, DOCKER_CERT_PATH: join(folder, 'other') });
      expect(exitCode).toBe(3);
      expect(stderr).toMatch(/No Docker engine answers at tcp:\S+ \(from DOCKER_HOST\): .*certificate/);
      expect((await status(folder, { ...trusting, DOCKER_CERT_PATH: join(folder, 'gone') })).exitCode).toBe(2);
    }),
  );

  test('over ssh, with the ssh of this machine and the docker client of the other', () =>
    withFolder(async (folder) => {
      const env = await withSsh(folder, `exec env DOCKER_HOST=${HERE} "$@"`);
      await reaches(folder, { ...env, DOCKER_HOST: 'ssh://me@there.example:2222' });
      const words = (await readFile(join(folder, 'ssh-words'), 'utf8')).trim();
      expect(words).toBe('-o ConnectTimeout=30 -T -l me -p 2222 -- there.example docker system dial-stdio');
    }));

  test('over ssh that is refused: exit 3, with what ssh says', () =>
    withFolder(async (folder) => {
      const env = await withSsh(folder, 'echo "me@there.example: Permission denied (publickey)." >&2; exit 255');
      const { exitCode, stderr } = await status(folder, { ...env, DOCKER_HOST: 'ssh://me@there.example' });
      expect(exitCode).toBe(3);
      expect(stderr).toContain('(from DOCKER_HOST): me@there.example: Permission denied (publickey).');
    }));
});

/** In front of the engine, with `ca.pem`, `cert.pem` and `key.pem` for the client in the folder. */
async function engineOverTls(folder: string): Promise<string> {
  certify(folder, 'ca');
  certify(folder, 'server', 'IP:127.0.0.1');
  certify(folder, 'client', 'DNS:client');
  const read = (name: string): Promise<Buffer> => readFile(join(folder, `${name}.pem`));
  await writeFile(join(folder, 'cert.pem'), await read('client'));
  await writeFile(join(folder, 'key.pem'), await read('client-key'));
  const [ca, cert, key] = await Promise.all([read('ca'), read('server'), read('server-key')]);
  const front = createServer({ ca, cert, key, requestCert: true }, (client) => {
    joinSockets(client, connect(HERE.replace('unix://', '')));
  });
  return `tcp://127.0.0.1:${String(await listening(front))}`;
}

/**
 * A stand-in for ssh(1): writes down its words, takes what follows the host for the command, and does not leave this
 * machine. That the docker client starts ssh with these words: docker/cli, cli/connhelper/ssh.
 */
async function withSsh(folder: string, command: string): Promise<Variables> {
  const lines = [
    '#!/bin/sh',
    `echo "$*" >${join(folder, 'ssh-words')}`,
    'until [ "$1" = -- ]; do shift; done',
    'shift 2',
    command,
  ];
  await writeFile(join(folder, 'ssh'), `${lines.join('\n')}\n`);
  await chmod(join(folder, 'ssh'), 0o755);
  return { PATH: [folder, process.env['PATH']].join(delimiter) };
}
