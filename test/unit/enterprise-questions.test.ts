/** What the steps of a database select from a cluster's answers: jqjs, which redisdemo runs, and jq, which a script runs, agree. */
import { spawnSync } from 'node:child_process';
import jq from '@michaelhomer/jqjs';
import { describe, expect, it } from 'vitest';
import { existing } from '../../src/databases/enterprise/bdb/differences.ts';
import { versionMembers } from '../../src/databases/enterprise/bdb/modules.ts';
import type { Api } from '../../src/plan/call.ts';

const missing = spawnSync('jq', ['--version']).status === 0 ? '' : ' (SKIPPED: jq is not on PATH)';

const api: Api = { url: 'https://localhost', user: '', password: { file: '' }, trust: { kind: 'system' } };
const ASKED = {
  ...{
    name: 'demo',
    memoryBytes: 100,
    port: 12_000,
    password: { file: '' },
    replication: false,
    eviction: 'noeviction',
  },
  ...({ persistence: 'aof', tls: false, onAllNodes: false, own: false } as const),
};

const BDB = { uid: 1, name: 'demo' };
const MODULES = [{ module_name: 'search' }, { module_name: 'ReJSON' }];

describe.skipIf(missing !== '')(`jq and jqjs select the same${missing}`, () => {
  it.each<[string, readonly object[], readonly string[] | undefined]>([
    ['no database', [{ ...BDB, name: 'other' }], undefined],
    ['one that says nothing', [BDB], []],
    ['null for everything', [{ ...BDB, endpoints: null, module_list: null, tls_mode: null, port: null }], []],
    ['one that is as asked', [{ ...BDB, port: 12_000, memory_size: '100', module_list: MODULES }], []],
    ['a port that the cluster chose', [{ ...BDB, port: 0, endpoints: [{ port: 13_000 }] }], ['port']],
    ['no endpoint yet', [{ ...BDB, port: 0, endpoints: [], status: 'pending', module_list: [] }], []],
    ['other settings', [{ ...BDB, replication: true, tls_mode: 'enabled' }], ['replication', 'TLS']],
    ['no modules', [{ ...BDB, status: 'active', module_list: [] }], ['modules']],
    ['a module less', [{ ...BDB, module_list: [MODULES[0]] }], ['modules']],
    ['modules without names', [{ ...BDB, module_list: [{}, {}] }], []],
    ['two of that name', [BDB, { ...BDB, uid: 2, replication: true }], []],
  ])('the differences of %s', (_title, bdbs, fields) => {
    const [found] = bothSelect(existing(api, ASKED).select, bdbs) as { readonly differences: readonly string[] }[];
    expect(found?.differences.map((words) => words.split(':')[0])).toEqual(fields);
  });

  const installed = [
    { module_name: 'ReJSON', semantic_version: '2.6.1', compatible_redis_version: '7.2' },
    { module_name: 'search', uid: 'x', min_redis_version: '7.2', compatible_redis_version: '' },
    { module_name: null },
  ];
  it.each<[string, readonly object[], readonly string[] | undefined]>([
    ['7.2', installed, undefined],
    ['7.4', installed, ['ReJSON']],
    ['6.2', installed, ['ReJSON', 'search']],
    ['8.0', [], undefined],
    ['unknown', [], ['ReJSON', 'search']],
  ])('the modules for Redis %s', (version, modules, lacking) => {
    const program = versionMembers('VERSION').replaceAll('{{VERSION}}', version);
    const [members] = bothSelect(program, modules) as { readonly missing?: readonly string[] }[];
    expect(members?.missing).toEqual(lacking);
  });
});

function bothSelect(program: string, answer: unknown): readonly unknown[] {
  const { stdout } = spawnSync('jq', ['--compact-output', program], {
    input: JSON.stringify(answer),
    encoding: 'utf8',
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  const selected = [...jq.compile(program)(answer)];
  expect(selected).toEqual(lines.map((line) => JSON.parse(line) as unknown));
  return selected;
}
