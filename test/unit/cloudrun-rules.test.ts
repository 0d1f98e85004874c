/** What Google Cloud takes, checked before anything is created. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { failed, ok } from '../../src/plan/answer.ts';
import { readVariables } from '../../src/targets/cloudrun/commands/given-variables.ts';
import {
  cpus,
  labels,
  memory,
  network,
  project,
  requestTimeout,
  subnet,
} from '../../src/targets/cloudrun/commands/rules.ts';
import { clientOf, projectOf, regionOf } from '../../src/targets/cloudrun/google/client.ts';
import { identityWords } from '../../src/targets/cloudrun/google/identity.ts';
import { checkNetwork } from '../../src/targets/cloudrun/preflight/address.ts';
import { checkAuthority } from '../../src/targets/cloudrun/release/variables.ts';
import { checkLimits, DEFAULT_LIMITS, idleCost } from '../../src/targets/cloudrun/service/limits.ts';
import { describePage } from '../../src/text/web-page.ts';

describe('memory and CPUs', () => {
  it.each([
    [1, '512Mi'],
    [1, '4Gi'],
    [2, '8Gi'],
    [4, '2Gi'],
    [6, '24Gi'],
    [8, '32Gi'],
  ])('%s CPUs with %s are taken', (cpu, size) => {
    expect(() => {
      checkLimits({ ...DEFAULT_LIMITS, cpu, memory: size });
    }).not.toThrow();
  });

  it.each([
    [1, '256Mi', '512Mi to 4Gi', '--memory 512Mi'],
    [1, '500M', '512Mi to 4Gi', '--memory 512Mi'],
    [1, '5Gi', '512Mi to 4Gi', '--cpu 2'],
    [2, '16Gi', '512Mi to 8Gi', '--cpu 4'],
    [4, '1Gi', '2Gi to 16Gi', '--memory 2Gi'],
    [6, '2Gi', '4Gi to 24Gi', '--memory 4Gi'],
    [8, '64Gi', '4Gi to 32Gi', '--memory 32Gi --cpu 8'],
  ])('%s CPUs with %s are refused, with the way out', (cpu, size, range, hint) => {
    const problem = thrown(() => {
      checkLimits({ ...DEFAULT_LIMITS, cpu, memory: size });
    });
    expect(problem.message).toContain(range);
    expect(problem.hint).toContain(hint);
  });

  it('cost what they cost while they wait', () => {
    expect(idleCost(1, DEFAULT_LIMITS)).toContain('some 10 US dollars a month');
    expect(idleCost(2, { cpu: 4, memory: '8Gi' })).toContain('some 156 US dollars a month');
  });
});

describe('a rule takes what Google takes, and nothing else', () => {
  const rules = { cpus, labels, memory, network, project, requestTimeout, subnet };
  it.each([
    ['cpus', ['1', '2', '4', '6', '8'], ['0', '0.5', '3', '16', '1000m', '']],
    ['memory', ['512Mi', '1Gi', '1.5Gi', '2G', '700M'], ['512', '1GiB', '-1Gi', '1 Gi', 'Gi']],
    ['requestTimeout', ['1s', '2m', '1h', '90s'], ['0s', '61m', '1.5s', '500ms', '10']],
    [
      'labels',
      ['a=b', 'team=x,env=', 'a_-1=b-_2', 'é=ü'],
      ['A=b', 'a=B', '1a=b', 'a', 'a=b,a=c', 'a=b c', 'redisdemo=x', ''],
    ],
    ['network', ['default', 'projects/host/global/networks/n'], ['projects/host/networks/n', 'N', 'a/b', '-a']],
    [
      'subnet',
      ['default', 'projects/example.com:host/regions/europe-west1/subnetworks/s'],
      ['projects/host/subnetworks/s', 'S'],
    ],
  ] as const)('%s', (name, good, bad) => {
    const takes = (text: string): boolean => v.safeParse(rules[name], text).success;
    expect(good.filter((text) => !takes(text))).toEqual([]);
    expect(bad.filter(takes)).toEqual([]);
  });
});

describe("a project, gcloud's or one that is given", () => {
  const client = (project: string) =>
    clientOf(
      JSON.stringify({
        basic: { version: '528.0.0' },
        config: { project, properties: { run: { region: { value: project } } } },
      }),
    );
  const takes = (text: string): readonly boolean[] => [
    v.is(project, text),
    v.is(network, `projects/${text}/global/networks/n`),
    v.is(subnet, `projects/${text}/regions/europe-west1/subnetworks/s`),
    isTaken(() => projectOf(client(text))),
  ];
  it.each(['demo-project', '123456789012', 'example.com:proj', 'sub.example.com:proj-1', 'a'])('%s', (text) => {
    expect(takes(text)).toEqual([true, true, true, true]);
  });

  it.each(['', 'Demo', '-a', 'a-', 'a/b', '..', '../x', 'a b', 'a#', '..:x', ':x', 'x:', 'a:b:c', 'a.b', 'a\n'])(
    'is not %j',
    (text) => {
      expect(takes(text)).toEqual([false, false, false, false]);
    },
  );

  it("a region of gcloud's is one that --region takes", () => {
    expect(isTaken(() => regionOf(client('europe-west1')))).toBe(true);
    expect(isTaken(() => regionOf(client('example.com:europe-west1')))).toBe(false);
  });
});

function isTaken(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'bad_setting' });
    return false;
  }
}

describe('network and subnet', () => {
  const region = 'europe-west1';
  const path = 'projects/host/regions/europe-west1/subnetworks/s';
  it.each([
    ['of one project', { network: 'projects/host/global/networks/n', subnet: path, region }],
    ['of this project', { network: 'n', subnet: 's', region }],
    ['a subnet alone', { network: undefined, subnet: path, region }],
  ])('%s', (_, settings) => {
    expect(() => {
      checkNetwork(settings);
    }).not.toThrow();
  });

  it.each([
    ['of different projects', { network: 'n', subnet: path, region }, 'of different projects'],
    [
      'a subnet elsewhere',
      { network: undefined, subnet: path, region: 'us-central1' },
      'The subnet is in europe-west1',
    ],
  ])('%s', (_, settings, words) => {
    expect(
      thrown(() => {
        checkNetwork(settings);
      }).message,
    ).toContain(words);
  });
});

describe('variables of the service', () => {
  const remarks: string[] = [];
  const report = {
    say: (text: string) => void remarks.push(text),
    begin: () => ({ update: noop, end: noop }),
    log: noop,
  };
  const read = (setEnv: readonly string[], file?: string) => {
    const readGiven = () => Promise.resolve(file === undefined ? failed('none') : ok({ text: file, isPipe: false }));
    const files = { readGiven } as unknown as Parameters<typeof readVariables>[1]['files'];
    return readVariables({ setEnv, envFile: file === undefined ? undefined : 'x.env' }, { files }, report);
  };

  it('--set-env comes before the file; a value keeps all its characters', async () => {
    const found = await read(['A=1=2,"\n', 'B='], 'A=other\nC="x # y"\n');
    expect(found.map(({ name, value }) => [name, value()])).toEqual([
      ['A', '1=2,"\n'],
      ['C', 'x # y'],
      ['B', ''],
    ]);
  });

  it.each([
    [['PORT=s3cret'], undefined, 'PORT: Cloud Run sets it'],
    [['K_REVISION=s3cret'], undefined, 'K_REVISION: Cloud Run sets'],
    [['REDISPASS=s3cret'], undefined, 'REDISPASS: redisdemo sets it from REDISPASS'],
    [['REDISHOST=s3cret', 'LISTEN_HOST=s3cret'], undefined, 'LISTEN_HOST: redisdemo sets it'],
    [['A=s3cret\0'], undefined, 'A: no variable can hold a NUL'],
    [['A=1', 's3cret'], undefined, '--set-env number 2 is not NAME=VALUE'],
    [[`A=s3cret${'é'.repeat(16_384)}`], undefined, 'A: Cloud Run takes at most 32768 bytes'],
    [['a-b=s3cret'], undefined, '--set-env number 1 is not NAME=VALUE'],
    [[], 'A=1\n"s3cret', 'line 2'],
    [[], 'REDISPASS=s3cret', 'REDISPASS: redisdemo sets it'],
  ])('%j and the file %j are refused without a value', async (setEnv, file, words) => {
    const problem = (await read(setEnv, file).catch((error: unknown) => error)) as Error & { readonly hint: string };
    expect(problem.message).toContain(words);
    expect(problem.message + problem.hint).not.toContain('s3cret');
  });

  it('an authority that is too long for one is refused, with what to give instead', () => {
    expect(() => {
      checkAuthority('x'.repeat(32_768));
    }).not.toThrow();
    expect(() => {
      checkAuthority('x'.repeat(32_769));
    }).toThrow('The certificate authority is too long: Cloud Run takes at most 32768 bytes in a variable.');
  });

  it('of the settings of the service, those that redisdemo does not set can be set', async () => {
    expect(await read(['REDIS_SILENCE_MS=1000', 'MEMORY_LIMIT=1', 'NODE_OPTIONS=--trace-gc'])).toHaveLength(3);
  });
});

describe('whose identity token is asked for', () => {
  const client = (account: string | null, impersonated?: string) =>
    clientOf(
      JSON.stringify({
        basic: { version: '528.0.0' },
        config: {
          account,
          project: null,
          properties:
            impersonated === undefined ? {} : { auth: { impersonate_service_account: { value: impersonated } } },
        },
      }),
    );
  const run = 'run@demo.iam.gserviceaccount.com';

  it.each([
    ['a person, who cannot name a service', client('dev@example.com'), []],
    ['an access token of nobody', client(null), []],
    ['a service account', client(run), ['--audiences=https://x']],
    [
      'an impersonated one, which gcloud takes from the flag only',
      client('dev@example.com', run),
      [`--impersonate-service-account=${run}`, '--include-email', '--audiences=https://x'],
    ],
  ])('%s', (_, who, flags) => {
    expect(identityWords(who, 'https://x').slice(2)).toEqual(flags);
  });
});

it.each([
  ['<!DOCTYPE html><html><head><title>Sign in</title>', 'an HTML page, "Sign in"'],
  ['\n<HTML>\n<title lang=en>401\n Unauthorized</title>', 'an HTML page, "401 Unauthorized"'],
  ['<html><body>x', 'an HTML page'],
  ['{"a":"<html>"}', undefined],
  ['<xml/>', undefined],
  ['', undefined],
])('%j is %s', (text, words) => {
  expect(describePage(text)).toBe(words);
});

function noop(): void {
  // nothing is drawn
}

function thrown(work: () => void): { readonly message: string; readonly hint: string | undefined } {
  try {
    work();
  } catch (error) {
    return error as { readonly message: string; readonly hint: string | undefined };
  }
  throw new Error('nothing was thrown');
}
