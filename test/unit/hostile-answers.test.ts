/** Whatever a REST API or a Docker engine answers: an answer or a Problem comes of it, in time, and no secret. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer } from '../../src/plan/answer.ts';
import type { RunContainer } from '../../src/plan/action.ts';
import { Problem } from '../../src/problem.ts';
import { callSystem } from '../../src/systems/calls/calls.ts';
import { dockerSystem } from '../../src/systems/docker/docker.ts';
import { httpSystem } from '../../src/systems/net/http.ts';
import { hostileAnswer, startHostile, type HostileServer } from '../fakes/hostile-server.ts';

const CANARY = 'c4nary-secret';
const { signal } = new AbortController();
const RUNS = 150;

let server: HostileServer;
let folder = '';
beforeAll(async () => {
  server = await startHostile();
  folder = mkdtempSync(join(tmpdir(), 'redisdemo-hostile-'));
  writeFileSync(join(folder, 'password'), CANARY);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Anything but an answer or a Problem would be called a bug. */
async function expectUnderstood(work: () => Promise<Answer<unknown>>): Promise<void> {
  const outcome = await work().catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    expect(error.code).not.toBe('bug');
    return { reason: `${error.message} ${error.hint ?? ''}` };
  });
  const words = 'reason' in outcome ? outcome.reason : '';
  expect(typeof words).toBe('string');
  expect(words).not.toContain(CANARY);
  expect(words).not.toContain(Buffer.from(`admin:${CANARY}`).toString('base64'));
}

/** As the stages ask them: src/databases/enterprise. */
const SELECTS = [
  '.[] | select(.name == "redisdemo") | {uid, status, port, endpoints}',
  '.bootstrap_status.state',
  'any(.[]; .module_name == "ReJSON")',
  '[.[] | select(.status == "active")] | length',
  '.',
];
const DATABASES = [
  { uid: 1, name: 'redisdemo', status: 'active', port: 12_000, endpoints: [{ port: 12_000, addr: ['127.0.0.1'] }] },
];

it('a REST API', async () => {
  const api = {
    url: `http://127.0.0.1:${String(server.port)}`,
    user: 'admin',
    password: { file: join(folder, 'password') },
    trust: { kind: 'system' },
  } as const;
  const calls = callSystem(httpSystem({}));
  const property = fc.asyncProperty(
    hostileAnswer([DATABASES, { bootstrap_status: { state: 'idle' } }, { error_code: 'busy', description: 'later' }]),
    fc.constantFrom(...SELECTS),
    async (answer, select) => {
      server.answer = () => answer;
      const call = { api, method: 'GET', path: '/v1/bdbs' } as const;
      await expectUnderstood(() => calls.ask({ call, select }, signal));
      await expectUnderstood(() => calls.send({ ...call, method: 'POST', body: { name: 'x' } }, signal));
    },
  );
  await fc.assert(property, { numRuns: RUNS });
});

const CONTAINER: RunContainer = {
  kind: 'runContainer',
  name: 'redisdemo-stack',
  stage: 'stack',
  image: 'redis:8',
  ports: [{ host: 6379, container: 6379 }],
  mounts: [{ volume: 'data', path: '/data' }],
  env: {},
  network: 'redisdemo',
  home: 'h',
};
const LABELS = { redisdemo: 'stack', 'redisdemo.settings': '{"image":"redis:8"}' };
const HEALTH = { Status: 'unhealthy', Log: [{ Output: 'no' }] };
/** https://docs.docker.com/reference/api/engine/version/v1.41/ */
const ENGINE = [
  {
    Id: 'c1',
    Name: '/redisdemo-stack',
    State: { Status: 'running', Running: true, Paused: false, ExitCode: 0, Health: HEALTH },
    Config: { Labels: LABELS, Image: 'redis:8' },
    NetworkSettings: { Networks: { redisdemo: { NetworkID: 'n1', IPAddress: '172.18.0.2' } } },
  },
  [
    {
      Id: 'c1',
      ImageID: 'i1',
      Names: ['/redisdemo-stack'],
      State: 'running',
      Image: 'redis:8',
      Ports: [{ PublicPort: 6379 }],
      Labels: LABELS,
    },
  ],
  [{ Id: 'i1', RepoTags: ['redisdemo-service:1'], Os: 'linux', Architecture: 'amd64' }],
  { Id: 'i1', Os: 'linux', Architecture: 'amd64', Config: { Labels: LABELS } },
  { Id: 'n1', Name: 'redisdemo', Labels: LABELS, Containers: {} },
  { MemTotal: 1, Architecture: 'x86_64', ApiVersion: '1.41', MinAPIVersion: '1.12', Arch: 'amd64' },
  { id: 'layer', status: 'Downloading', progressDetail: { current: 1, total: 2 }, stream: 'Step 1', error: 'no' },
];

it('a Docker engine', async () => {
  const url = `tcp://127.0.0.1:${String(server.port)}`;
  const endpoint = {
    url,
    source: 'DOCKER_HOST',
    address: { kind: 'tcp', host: '127.0.0.1', port: server.port },
  } as const;
  const version = { status: 200, headers: { 'api-version': '1.41' }, body: 'OK', cut: false };
  const file = { name: 'p', secret: { file: join(folder, 'password') }, form: 'plain' } as const;
  const creating = { update: () => undefined, say: () => undefined };
  const build = {
    kind: 'buildImage',
    image: 'a:1',
    stage: 's',
    home: 'h',
    context: folder,
    files: [],
    digest: 'd',
  } as const;
  server.answer = () => version;
  const { perform, containers } = await dockerSystem(endpoint, { id: 'h' }, signal);
  const works: readonly (() => Promise<Answer<unknown>>)[] = [
    async () => (await dockerSystem(endpoint, { id: 'h' }, signal)).containers.engine(),
    () => containers.state('a'),
    () => containers.list(),
    () => containers.log('a', 5),
    () => containers.publishing(6379),
    () => containers.engine(),
    () => containers.readFile('a', '/x'),
    () => containers.address({ container: 'a', network: 'redisdemo' }),
    () => containers.anyCreatedFrom('h'),
    ...(
      [
        CONTAINER,
        { ...CONTAINER, replace: true },
        { kind: 'pullImage', image: 'redis:8' },
        { kind: 'createNetwork', name: 'redisdemo', stage: 'stack', home: 'h' },
        { kind: 'createVolume', name: 'data', stage: 'stack', home: 'h' },
        { kind: 'handOver', volume: 'v', stage: 's', home: 'h', image: 'i', files: [file] },
        build,
      ] as const
    ).flatMap((action) => [
      () => perform.exists(action),
      () => perform.present(action),
      () => perform.create(action, creating),
      () => perform.remove(action),
    ]),
  ];
  const property = fc.asyncProperty(
    fc.array(hostileAnswer(ENGINE), { minLength: 1, maxLength: 3 }),
    fc.constantFrom(...works),
    async (answers, work) => {
      let asked = 0;
      server.answer = () => answers[asked++ % answers.length] ?? version;
      await expectUnderstood(work);
    },
  );
  await fc.assert(property, { numRuns: 4 * RUNS });
});

it.each([
  ['stdout', ['yes', 'word']],
  ['stderr', ['sh', '-c', 'yes word >&2']],
])('a program that prints to %s without an end', async (_stream, words) => {
  const answer = await callSystem(httpSystem({})).send({ words }, signal);
  expect(answer).toEqual({
    kind: 'failed',
    reason: `${words[0] ?? ''} printed more than 8 MiB, and was ended`,
    code: 'too_large',
  });
});
