/**
 * What runs in the Redis stand-in images: a real redis-server (Debian's) on a private port, and in front of it, on 6379,
 * the stand-ins of the JSON and search modules. What they believe is said in json-commands.ts and search-redis.ts.
 *
 * Where each belief about the images comes from:
 * - redis/redis-stack: REDIS_ARGS is split at white space by sh and comes last, /redis-stack.conf is the configuration
 *   if it is there, data is in REDIS_DATA_DIR or /data, it runs as root, Insight is on 8001: redis-stack/redis-stack,
 *   etc/scripts/entrypoint.sh and envs/dockers/dockerfile.tmpl.
 * - redis:8: REDIS_ARGS means nothing, options are arguments, the server gives up root for uid 999 after it has made the
 *   data directory and the configuration file its own, unless other files lie beside them or SKIP_FIX_PERMS is set;
 *   SKIP_DROP_PRIVS keeps root: redis/docker-library-redis, debian/docker-entrypoint.sh.
 *
 * Unlike the real ones: INFO and CONFIG GET tell the version, port and address of the server behind; of --port only the
 * argument counts; no TLS.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { translate as translateJson } from '../json-commands.ts';
import { startProxy, type Translate } from '../redis-proxy.ts';
import { writeCommand } from '../resp.ts';
import { withSearch } from '../search-redis.ts';
import { serveInsight } from './insight.ts';
import { giveToRedis, mayDropRoot, REDIS_ID } from './redis-user.ts';

const { env } = process;
const SERVER = '/usr/local/bin/redis-server';
const PRIVATE_PORT = 16_379;
const POLL_MS = 5;
const STACK_CONFIGURATION = '/redis-stack.conf';

const stack = env['STAND_IN'] === 'stack';
const options = stack ? stackOptions() : process.argv.slice(2);
const port = Number(options[options.lastIndexOf('--port') + 1]) || 6379;
// The real server shows its title instead of its arguments, which may hold a password: src/setproctitle.c.
process.title = `redis-server *:${String(port)}`;

const dropped = !stack && mayDropRoot();
if (dropped && env['SKIP_FIX_PERMS'] === undefined) giveToRedis(process.cwd(), options[0]);
const server = spawn(SERVER, [...options, ...privateOptions()], {
  stdio: ['ignore', 'inherit', 'inherit'],
  ...(dropped && { uid: REDIS_ID, gid: REDIS_ID }),
});
server.on('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => server.kill(signal));

if (stack && env['STAND_IN_INSIGHT'] !== 'no') serveInsight({ port: 8001, dataDir: undefined });
while (!(await accepts(PRIVATE_PORT))) await pause(POLL_MS);
await startProxy({ host: '::', port, serverPort: PRIVATE_PORT, translate: chooseTranslation() });

function stackOptions(): string[] {
  const configuration = existsSync(STACK_CONFIGURATION) ? [STACK_CONFIGURATION] : [];
  const dataDir = env['REDIS_DATA_DIR'] ?? '';
  const words = (env['REDIS_ARGS'] ?? '').split(/\s+/).filter(Boolean);
  return [...configuration, '--dir', dataDir === '' ? '/data' : dataDir, ...words];
}

function privateOptions(): string[] {
  const where = ['--port', String(PRIVATE_PORT), '--bind', '127.0.0.1'];
  return [...where, '--protected-mode', 'no', '--daemonize', 'no'];
}

function chooseTranslation(): Translate {
  const plain: Translate = (request) => ({ request, answer: (reply) => reply });
  switch (env['STAND_IN_MODULES']) {
    case 'none':
      return plain;
    case 'json':
      return translateJson;
    case 'loading':
      // processCommand() in src/server.c refuses nearly all while data is loaded, PING too.
      return () => ({
        request: writeCommand('PING'),
        answer: () => Buffer.from('-LOADING Redis is loading the dataset in memory\r\n'),
      });
    default:
      return withSearch(translateJson);
  }
}

function accepts(serverPort: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(serverPort, '127.0.0.1');
    socket.on('error', () => {
      resolve(false);
    });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
