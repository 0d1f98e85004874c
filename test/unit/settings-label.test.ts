/** The settings of a container in its label: in JSON, and in the form of version 0.1. Anybody can write such a label. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunContainer } from '../../src/plan/action.ts';
import { earlierLabel, hostPort, settingsLabel, storedSettings } from '../../src/plan/container-settings.ts';
import { compare } from '../../src/systems/docker/compare.ts';

const STACK: RunContainer = {
  kind: 'runContainer',
  name: 'redisdemo-stack',
  stage: 'stack',
  home: 'h',
  image: 'redis/redis-stack',
  ports: [
    { host: 6380, container: 6379 },
    { host: 8002, container: 8001 },
  ],
  mounts: [
    { volume: 'redisdemo-stack-data', path: '/data' },
    { volume: 'redisdemo-stack-secrets', path: '/run/secrets', readOnly: true },
  ],
  env: { REDIS_ARGS: '--appendonly yes' },
  network: 'redisdemo',
  command: ['sh', '-c', 'cat /run/secrets/redis.conf >/redis-stack.conf && exec /entrypoint.sh'],
};
const NODE: RunContainer = {
  kind: 'runContainer',
  name: 'redisdemo-enterprise-1',
  stage: 'enterprise',
  home: 'h',
  image: 'redislabs/redis',
  ports: [{ host: 9443, container: 9443 }],
  mounts: [],
  env: {},
  network: 'redisdemo',
  capabilities: ['SYS_RESOURCE'],
};
/** As version 0.1 wrote them for these two. */
const EARLIER_STACK =
  '{"image":"redis/redis-stack","ports":"6380:6379 8002:8001",' +
  '"volumes":"redisdemo-stack-data:/data redisdemo-stack-secrets:/run/secrets",' +
  '"env REDIS_ARGS":"--appendonly yes","network":"redisdemo",' +
  '"command":"sh -c cat /run/secrets/redis.conf >/redis-stack.conf && exec /entrypoint.sh","readOnly":"false"}';
const EARLIER_NODE =
  '{"image":"redislabs/redis","ports":"9443:9443","volumes":"","network":"redisdemo","command":"","readOnly":"false","capabilities":"SYS_RESOURCE"}';

const read = (label: string) => storedSettings({ 'redisdemo.settings': label });

function withPorts(label: string, ports: unknown): string {
  return JSON.stringify({ ...(JSON.parse(label) as object), ports });
}

/** As the engine shows a container with this label. */
function running(label: string, { name, network }: RunContainer) {
  return {
    Name: `/${name}`,
    State: { Status: 'running', Running: true, Paused: false, ExitCode: 0 },
    Config: { Labels: { redisdemo: 'stack', 'redisdemo.home': 'h', 'redisdemo.settings': label } },
    NetworkSettings: { Networks: { [network]: {} } },
  } as unknown as Parameters<typeof compare>[1];
}

describe('the settings in a label', () => {
  it('are JSON, and are read as they were written', () => {
    expect(settingsLabel(STACK)).toBe(
      '{"image":"redis/redis-stack","ports":[{"host":6380,"container":6379},{"host":8002,"container":8001}],' +
        '"mounts":[{"volume":"redisdemo-stack-data","path":"/data"},{"volume":"redisdemo-stack-secrets","path":"/run/secrets"}],' +
        '"env":{"REDIS_ARGS":"--appendonly yes"},"network":"redisdemo",' +
        '"command":["sh","-c","cat /run/secrets/redis.conf >/redis-stack.conf && exec /entrypoint.sh"],' +
        '"readOnly":false,"capabilities":[]}',
    );
    const stored = read(settingsLabel(STACK));
    expect(stored?.isEarlier).toBe(false);
    expect(hostPort(stored?.settings, 8001)).toBe(8002);
    expect(compare(STACK, running(settingsLabel(STACK), STACK))).toEqual({ kind: 'ok', value: undefined });
  });

  it('are the same text, in whatever order the variables are given', () => {
    const [one, other] = [
      { A: '1', B: '2' },
      { B: '2', A: '1' },
    ].map((env) => settingsLabel({ ...STACK, env }));
    expect(one).toBe(other);
  });

  it('differ by value: two words of a command are not one word with a space', () => {
    const there = running(settingsLabel({ ...STACK, command: ['redis-server', '--port 1'] }), STACK);
    expect(() => compare({ ...STACK, command: ['redis-server', '--port', '1'] }, there)).toThrow(
      'command: is redis-server --port 1, asked for redis-server --port 1',
    );
  });

  it('differ with a hint that tells whether the data stays: that of a container without a volume does not', () => {
    const hintFor = (container: RunContainer): unknown => {
      try {
        return compare({ ...container, image: 'other' }, running(settingsLabel(container), container));
      } catch (error) {
        return (error as { readonly hint?: string }).hint;
      }
    };
    expect(hintFor(STACK)).toBe('Take it away first; its data stays: redisdemo stack down');
    expect(hintFor(NODE)).toBe('Take it away first; its data is deleted with it: redisdemo enterprise down');
  });

  it('are nothing, or have ports that are ports, whatever somebody wrote there', () => {
    const json = fc.jsonValue();
    const numbers = fc.oneof(fc.integer({ min: -1, max: 70_000 }), fc.double());
    const labels = fc.oneof(
      fc.string(),
      json.map((value) => JSON.stringify(value)),
      fc.array(fc.record({ host: numbers, container: numbers })).map((ports) => withPorts(settingsLabel(STACK), ports)),
      fc
        .array(fc.tuple(numbers, numbers))
        .map((ports) => withPorts(EARLIER_STACK, ports.map((p) => p.join(':')).join(' '))),
    );
    fc.assert(
      fc.property(labels, (label) => {
        const ports = (read(label)?.settings.ports ?? []).flatMap(({ host, container }) => [host, container]);
        expect(ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536)).toBe(true);
      }),
    );
  });
});

describe('a label of version 0.1', () => {
  it.each([
    ['Redis Stack with a password', STACK, EARLIER_STACK],
    ['a node of Redis Enterprise', NODE, EARLIER_NODE],
  ])('has the same settings: %s', (_, container, label) => {
    expect(earlierLabel(container)).toBe(label);
    expect(read(label)).toMatchObject({
      isEarlier: true,
      settings: { ports: container.ports, env: container.env, capabilities: container.capabilities ?? [] },
    });
    expect(compare(container, running(label, container))).toMatchObject({ kind: 'ok' });
  });

  it('is reported, with the command that renews the stage, and what becomes of its data', () => {
    expect(compare(STACK, running(EARLIER_STACK, STACK))).toMatchObject({
      note: 'The stack stage was created by an earlier version of redisdemo, and works as before. To renew it, remove it and create it again. Remove it with: redisdemo stack down',
    });
    expect(compare(NODE, running(EARLIER_NODE, NODE))).toMatchObject({
      note: expect.stringContaining('Its data is deleted with it. Remove it with: redisdemo enterprise down') as string,
    });
  });

  it('differs setting by setting, as a label in JSON does', () => {
    const wanted: RunContainer = { ...STACK, ports: [{ host: 6380, container: 6379 }], env: {}, command: [] };
    const messageFor = (label: string): string => {
      try {
        compare(wanted, running(label, STACK));
        return 'no difference';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(messageFor(EARLIER_STACK).split('\n')).toEqual([
      'The container redisdemo-stack exists with other settings.',
      'ports: is 8002:8001, asked for not set',
      'command: is sh -c cat /run/secrets/redis.conf >/redis-stack.conf && exec /entrypoint.sh, asked for not set',
      'env REDIS_ARGS: is --appendonly yes, asked for not set',
    ]);
    expect(messageFor(settingsLabel(STACK))).toBe(messageFor(EARLIER_STACK));
  });

  it('of a container that holds nothing does not replace it, unless the settings are others', () => {
    const service: RunContainer = { ...STACK, replace: true };
    expect(compare(service, running(EARLIER_STACK, STACK)).kind).toBe('ok');
    expect(compare({ ...service, image: 'other' }, running(EARLIER_STACK, STACK))).toEqual({
      kind: 'absent',
      reason: 'it has other settings',
      way: 'replace',
    });
  });
});
