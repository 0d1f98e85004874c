/** Which addresses of a Redis Cloud Run can reach. */
import { describe, expect, it } from 'vitest';
import { absent, ok } from '../../src/plan/answer.ts';
import { checkAddress } from '../../src/targets/cloudrun/preflight/address.ts';

/** A resolver of its own: what a test knows, and nobody else. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  'redis.example.com': ['203.0.113.7'],
  'inside.example.com': ['10.20.30.40'],
  'both.example.com': ['2001:db8::7', 'fd00::7'],
};
const dns = {
  lookup: (host: string) => {
    const found = KNOWN[host];
    return Promise.resolve(found ? ok(found) : absent('nobody knows it'));
  },
};

interface Where {
  readonly host: string;
  readonly network?: string;
}

const check = ({ host, network }: Where): Promise<string | undefined> =>
  checkAddress({ connection: { host, port: 6379, tls: false }, network, subnet: undefined }, { dns });

describe('a Redis that Cloud Run is to reach', () => {
  it.each(['redis.example.com', '203.0.113.7', '2001:db8::7', '172.32.0.1', '100.128.0.1'])(
    'may be at %s',
    async (host) => {
      expect(await check({ host })).toBeUndefined();
    },
  );

  it.each(['localhost', 'redis.localhost', '127.0.0.1', '127.1.2.3', '0.0.0.0', '::1'])(
    'is not this machine: %s',
    async (host) => {
      await expect(check({ host })).rejects.toMatchObject({
        code: 'bad_setting',
        message: expect.stringContaining('is this machine') as string,
      });
      await expect(check({ host, network: 'default' })).rejects.toThrow('is this machine');
    },
  );

  it.each([
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.1.1',
    'fd00::1',
    'inside.example.com',
    'both.example.com',
  ])('is not at the private %s, unless a network of the project is named', async (host) => {
    await expect(check({ host })).rejects.toMatchObject({ hint: expect.stringContaining('--network') as string });
    expect(await check({ host, network: 'default' })).toBeUndefined();
  });

  it('is said to be unknown when nobody here knows its name', async () => {
    expect(await check({ host: 'redis.internal' })).toContain(
      'redis.internal could not be resolved from this machine.',
    );
  });

  it('need not be at all', async () => {
    expect(
      await checkAddress({ connection: undefined, network: undefined, subnet: undefined }, { dns }),
    ).toBeUndefined();
  });
});
