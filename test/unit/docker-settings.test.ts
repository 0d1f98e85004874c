/** What a Docker configuration and a context may hold: anything, because anybody writes them. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Problem } from '../../src/problem.ts';
import { findEndpoint } from '../../src/systems/docker/endpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'redisdemo-docker-config-'));
const context = join(folder, 'contexts/meta', createHash('sha256').update('there').digest('hex'));
mkdirSync(context, { recursive: true });
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Documents that are nearly right come often: a known name with a value of any type. */
const anyValue = fc.jsonValue();
const nearly = (...names: readonly string[]) =>
  names.reduceRight<fc.Arbitrary<unknown>>((inner, name) => fc.oneof(anyValue, fc.record({ [name]: inner })), anyValue);
const documentOf = (value: fc.Arbitrary<unknown>) =>
  fc.oneof(
    value.map((v) => JSON.stringify(v)),
    fc.string(),
  );

async function outcome(env: NodeJS.ProcessEnv): Promise<unknown> {
  return findEndpoint({ DOCKER_CONFIG: folder, ...env }).catch((error: unknown) => error);
}

function isHandled(found: unknown): boolean {
  return found instanceof Problem ? found.code !== 'bug' : !(found instanceof Error);
}

describe('the endpoint of Docker', () => {
  it.each([
    ['tcp://u:canary@h:1', 'tcp://h:1'],
    ['u:canary@h:1', 'tcp://h:1'],
    ['u:x/canary@h', 'tcp://h'],
    ['ssh://u:canary@h', 'ssh://h'],
  ])('in DOCKER_HOST=%s is shown without user and password, with and without a scheme', async (host, shown) => {
    const found = await outcome({ DOCKER_HOST: host });
    const words = found instanceof Problem ? found.message : (found as { url: string }).url;
    expect(words).toContain(shown);
    expect(words).not.toContain('canary');
  });

  it('is found, or refused in words, whatever config.json holds', async () => {
    await fc.assert(
      fc.asyncProperty(documentOf(nearly('currentContext')), async (text) => {
        writeFileSync(join(folder, 'config.json'), text);
        expect(await outcome({})).toSatisfy(isHandled);
      }),
    );
  });

  it('is found, or refused in words, whatever a context holds', async () => {
    await fc.assert(
      fc.asyncProperty(documentOf(nearly('Endpoints', 'docker', 'Host')), async (text) => {
        writeFileSync(join(context, 'meta.json'), text);
        expect(await outcome({ DOCKER_CONTEXT: 'there' })).toSatisfy(isHandled);
      }),
    );
  });

  it.each(['tcp://user:s3cret@127.0.0.1:1', 'ssh://user:s3cret@host', 'http://user:s3cret@h:1/x', 'x://u:s3cret@h'])(
    'is shown without the password in %s',
    async (host) => {
      const found = await outcome({ DOCKER_HOST: host });
      expect(found).toSatisfy(isHandled);
      expect(found instanceof Problem ? found.message : (found as { url: string }).url).not.toContain('s3cret');
    },
  );

  it('is found, or refused in words, whatever DOCKER_HOST is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((rest) => `ssh://${rest}`),
        ),
        async (host) => {
          expect(await outcome({ DOCKER_HOST: host })).toSatisfy(isHandled);
        },
      ),
    );
  });

  it('does not wait for a pipe in the place of a file', async () => {
    rmSync(join(folder, 'config.json'), { force: true });
    execFileSync('mkfifo', [join(folder, 'config.json')]);
    expect(await outcome({})).toMatchObject({
      source: `the default, because ${join(folder, 'config.json')} cannot be read`,
    });
    rmSync(join(folder, 'config.json'));
  });
});
