/**
 * Stand-ins for the images that the product runs, under the real names, for engines that cannot pull.
 *
 * Where each belief comes from:
 * - node:24-slim: Node itself is real; user `node` with uid 1000, the entrypoint, NODE_VERSION: nodejs/docker-node,
 *   24/bookworm-slim/Dockerfile.
 * - redis/redis-stack has no ENTRYPOINT, so what follows its name replaces the whole command: redis-stack/redis-stack,
 *   envs/dockers/dockerfile.tmpl. redis:8 has one and works in /data: redis/docker-library-redis, debian/Dockerfile;
 *   that /data is a volume: library/redis on Docker Hub.
 * - redis/redisinsight is started as user node in /usr/src/app: redis/RedisInsight, Dockerfile.
 * - redislabs/redis: images/enterprise.ts; its tags: enterprise/families.ts.
 * - what runs inside: images/redis.ts and images/insight.ts.
 */
import { execa } from 'execa';
import { STAND_IN_LABEL, type Engine } from './docker-engine.ts';
import { RELEASES } from './enterprise/families.ts';
import { archiveImages, type Configuration, type Image } from './image-archive.ts';
import { makeLayers, type Layers } from './image-layers.ts';

/**
 * Redis images that something is wrong with: `redisdemo-test/{fault}:latest` takes options as redis/redis-stack does,
 * `redisdemo-test/{fault}:8` as redis:8 does.
 */
export const FAULTS = [
  'no-json',
  'no-search',
  'loading',
  'unhealthy',
  'crash',
  'silent',
  'other-architecture',
] as const;
type Fault = (typeof FAULTS)[number];

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const FIFTH_OF_A_SECOND = 200_000_000;
const OTHER_ARCHITECTURE = process.arch === 'arm64' ? 'amd64' : 'arm64';

const NODE: Configuration = {
  Env: [PATH, `NODE_VERSION=${process.versions.node}`],
  Entrypoint: ['docker-entrypoint.sh'],
  Cmd: ['node'],
};
const STACK: Configuration = {
  Env: [PATH, 'REDIS_ARGS=', 'STAND_IN=stack'],
  Cmd: ['/entrypoint.sh'],
  ExposedPorts: { '6379/tcp': {}, '8001/tcp': {} },
};
const REDIS: Configuration = {
  Env: [PATH],
  Entrypoint: ['docker-entrypoint.sh'],
  Cmd: ['redis-server'],
  WorkingDir: '/data',
  ExposedPorts: { '6379/tcp': {} },
  Volumes: { '/data': {} },
};
const INSIGHT: Configuration = {
  Env: [PATH, 'NODE_ENV=production'],
  Entrypoint: ['/stand-in/process-1.sh', 'node', '/stand-in/insight-process.mjs'],
  User: 'node',
  WorkingDir: '/usr/src/app',
  ExposedPorts: { '5540/tcp': {} },
};

const ENTERPRISE: Configuration = {
  Env: [PATH],
  Entrypoint: ['/stand-in/process-1.sh', 'node', '/stand-in/enterprise.mjs'],
  User: 'redislabs',
  WorkingDir: '/opt',
  ExposedPorts: { '8443/tcp': {}, '9443/tcp': {} },
};

/** Takes about two seconds. On an engine that is not ours, images of these names that are no stand-ins stay. */
export async function loadImages(
  engine: Pick<Engine, 'env' | 'own'>,
  isWanted: (name: string) => boolean = () => true,
): Promise<void> {
  const images = (await makeImages()).filter(({ names }) => names.some(isWanted));
  const wanted = engine.own ? images : await withoutTaken(images, engine);
  await execa('docker', ['load', '--quiet'], { env: engine.env, input: archiveImages(wanted) });
}

/** All of them, to be loaded or served by a registry. */
async function makeImages(): Promise<Image[]> {
  const layers = await makeLayers();
  return [...soundImages(layers), ...FAULTS.flatMap((fault) => faultyImages(fault, layers))];
}

function soundImages({ node, redis, insight, enterprise }: Layers): Image[] {
  const families = Object.entries(RELEASES).map(([family, { imageTags }]) => ({
    names: imageTags.map((tag) => `redislabs/redis:${tag}`),
    layers: enterprise,
    configuration: labelled({ ...ENTERPRISE, Env: [PATH, `STAND_IN_FAMILY=${family}`] }),
  }));
  return [
    ...families,
    { names: ['node:24-slim'], layers: node, configuration: labelled(NODE) },
    {
      names: ['redis/redis-stack:latest', 'redis/redis-stack:7.4.0-v8'],
      layers: redis,
      configuration: labelled(STACK),
    },
    { names: ['redis:8', 'redis:8.2'], layers: redis, configuration: labelled(REDIS) },
    { names: ['redis/redisinsight:latest'], layers: insight, configuration: labelled(INSIGHT) },
  ];
}

function faultyImages(fault: Fault, { redis }: Layers): Image[] {
  const change = changeFor(fault);
  return Object.entries({ latest: STACK, '8': REDIS }).map(([tag, sound]) => ({
    names: [`redisdemo-test/${fault}:${tag}`],
    layers: redis,
    configuration: labelled({ ...sound, ...change, Env: [...(sound.Env ?? []), ...(change.Env ?? [])] }),
    ...(fault === 'other-architecture' && { architecture: OTHER_ARCHITECTURE }),
  }));
}

function changeFor(fault: Fault): Configuration {
  const shell = (script: string): Configuration => ({ Entrypoint: ['sh', '-c', script], Cmd: [] });
  switch (fault) {
    case 'no-json':
      return { Env: ['STAND_IN_MODULES=none'] };
    case 'no-search':
      return { Env: ['STAND_IN_MODULES=json'] };
    case 'loading':
      return { Env: ['STAND_IN_MODULES=loading'] };
    case 'unhealthy': {
      const test = ['CMD', 'sh', '-c', 'echo not well; exit 1'];
      return { Healthcheck: { Test: test, Interval: FIFTH_OF_A_SECOND, Retries: 2 } };
    }
    case 'crash':
      return shell('echo "# Fatal error loading the DB, check server logs. Exiting."; exit 1');
    case 'silent':
      return shell('trap "exit 0" TERM; echo waiting; while :; do sleep 60 & wait; done');
    case 'other-architecture':
      return {};
  }
}

function labelled(configuration: Configuration): Configuration {
  return { ...configuration, Labels: { [STAND_IN_LABEL]: 'stand-in' } };
}

async function withoutTaken(images: readonly Image[], { env }: Pick<Engine, 'env'>): Promise<Image[]> {
  const format = `{{index .Config.Labels "${STAND_IN_LABEL}"}}`;
  const isTaken = async (name: string): Promise<boolean> => {
    const answer = await execa('docker', ['image', 'inspect', '--format', format, name], { env, reject: false });
    return answer.exitCode === 0 && answer.stdout.trim() === '';
  };
  const wanted = await Promise.all(
    images.map(async (image) => {
      const taken = await Promise.all(image.names.map(isTaken));
      return { ...image, names: image.names.filter((_name, at) => taken[at] === false) };
    }),
  );
  return wanted.filter(({ names }) => names.length > 0);
}
