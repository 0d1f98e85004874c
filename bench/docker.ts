/**
 * What is asked of Docker a second time, and what the service's image costs, on an engine of our own with stand-in images
 * (test/fakes/images.ts). Needs root and dockerd. The figures of one run compare with each other, never with those of
 * another machine or another hour.
 */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { startEngine, type Engine } from '../test/fakes/docker-engine.ts';
import { loadImages } from '../test/fakes/images.ts';
import { freePort } from '../test/fakes/redis-server.ts';
import { judge, verdictLines, type Verdict } from './budget.ts';
import { killAll } from './child.ts';
import { bundleForNode } from './contenders.ts';
import { temporaryFolder } from './folder.ts';
import type { ImageStarts } from './image-starts.ts';
import { watchMachine } from './machine.ts';
import { readOptions } from './options.ts';
import { openRedis } from './redis.ts';
import { paired, single, spread, type Spread } from './spread.ts';

const BIN = fileURLToPath(new URL('../bin/redisdemo.js', import.meta.url));
const BASE = 'node:24-slim';
const MEGABYTE = 1_000_000;

const options = readOptions('bench:docker', {
  rounds: { words: 'how often each is measured', fallback: 9, least: 1, whole: true },
});

const engine = await startEngine();
try {
  await loadImages(engine);
  process.stdout.write(await measure(engine, await temporaryFolder()));
} finally {
  await killAll();
  await engine.stop();
}

async function measure(engine: Engine, folder: string): Promise<string> {
  const describeMachine = await watchMachine();
  const env = { ...engine.env, REDISDEMO_HOME: `${folder}/home`, NODE_EXTRA_CA_CERTS: undefined };
  const redisdemo = (...args: readonly string[]) => execa(process.execPath, [BIN, ...args], { env, cwd: folder });
  const docker: Docker = async (...args) => (await execa('docker', args, { env })).stdout;
  const stack = ['stack', 'up', '--password', '--port', 'auto', '--insight-port', 'auto'];
  await redisdemo(...stack);
  const times = await rounds(() => timed(() => redisdemo(...stack)));
  const statusTimes = await rounds(() => timed(() => redisdemo('status')));
  const bare = await rounds(() => timed(() => execa(process.execPath, ['-e', '0'], { env })));
  const image = (JSON.parse((await redisdemo('image', 'build', '--json')).stdout) as { data: { image: string } }).data
    .image;
  const runs = await rounds(() => runOnce(image, docker));
  const starts = await startsInside(image, docker);
  const sizes = await Promise.all(
    [image, BASE].map((name) => docker('image', 'inspect', '--format', '{{.Size}}', name)),
  );
  const [size = 0, base = 0] = sizes.map((bytes) => Number(bytes) / MEGABYTE);
  const overNode = (all: readonly number[]): Spread => paired(all, bare, (ours, node) => ours - node);
  const atMost = { keep: 'at most', decimals: 0 } as const;
  const verdicts: Verdict[] = [
    judge({ title: 'a second stack up, ms', limit: 300, ...atMost }, spread(times)),
    judge({ title: 'status, ms', limit: 300, ...atMost }, spread(statusTimes)),
    judge({ title: 'image over its base, MB', limit: 5, ...atMost, decimals: 1 }, single(size - base)),
    judge(
      { title: 'cold start inside the image ÷ bare node:http', limit: 1.05, keep: 'at most', decimals: 2 },
      paired(starts.service, starts.bare, (ours, bare) => ours / bare),
    ),
    judge({ title: 'docker stop, ms', limit: 2000, ...atMost }, spread(runs.map(({ stopMs }) => stopMs))),
  ];
  const first = spread(runs.map(({ firstMs }) => firstMs));
  const notes = [
    `a second stack up, ms more than node -e 0: ${overNode(times).median.toFixed(0)}`,
    `docker run to the first 200, ms: ${first.median.toFixed(0)} (${first.min.toFixed(0)}–${first.max.toFixed(0)})`,
    `median (least–most) of ${String(options.rounds)} rounds`,
    await describeMachine(),
  ];
  if (options.json) return `${JSON.stringify({ notes, budgets: verdicts }, null, 2)}\n`;
  return `${notes.join('\n')}\n\n${verdictLines(verdicts)}`;
}

async function rounds<T>(work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < options.rounds; round++) results.push(await work());
  return results;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Its stdout. */
type Docker = (...args: readonly string[]) => Promise<string>;

interface Life {
  /** From `docker run` to the first 200 of /health. */
  readonly firstMs: number;
  readonly stopMs: number;
}

async function runOnce(image: string, docker: Docker): Promise<Life> {
  const port = String(await freePort());
  const firstMs = await timed(async () => {
    await docker('run', '--detach', '--name', 'bench', '--read-only', '--publish', `127.0.0.1:${port}:8080`, image);
    while ((await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined))?.status !== 200);
  });
  const stopMs = await timed(() => docker('stop', 'bench'));
  await docker('rm', 'bench');
  return { firstMs, stopMs };
}

/** Over a Redis on this machine: the container shares its network. */
async function startsInside(image: string, docker: Docker): Promise<ImageStarts> {
  const folder = await temporaryFolder();
  await chmod(folder, 0o755); // the image's user is not the one who owns it
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await bundleForNode(['bench/contenders/bare-http.ts', 'bench/image-starts.ts'], folder);
  const { settings } = await openRedis({});
  const mount = ['--network', 'host', '--volume', `${folder}:/bench:ro`, '--entrypoint', 'node'];
  const program = ['/bench/image-starts.js', String(options.rounds), String(settings.port)];
  return JSON.parse(await docker('run', '--rm', ...mount, image, ...program)) as ImageStarts;
}
