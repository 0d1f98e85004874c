/** Answers of Google and of Redis Software, as their references have them, for what is selected from them. */
import { tagOfSource } from '../../src/targets/cloudrun/service/settings.ts';
import { BUILT_ELSEWHERE, SERVICE_JSON } from './cloudrun-plans.ts';

/** Of a service, of one that was never touched, of a policy, of lists. */
const GOOGLE: readonly unknown[] = [
  SERVICE_JSON,
  { metadata: { name: 'redisdemo' }, spec: { template: { spec: { containers: [{}] } } }, status: {} },
  { bindings: [{ role: 'roles/run.invoker', members: ['allUsers'] }] },
  {
    bindings: [
      {
        role: 'roles/secretmanager.secretAccessor',
        members: ['user:a', 'serviceAccount:runner@demo-project.iam.gserviceaccount.com'],
      },
    ],
  },
  {},
];
const TAGS =
  'projects/demo-project/locations/europe-west1/repositories/cloud-run-source-deploy/packages/redisdemo/tags';
const LISTS: readonly unknown[] = [
  [],
  [
    { name: 'projects/1/secrets/s/versions/9', state: 'ENABLED' },
    { name: 'projects/1/secrets/s/versions/10', state: 'ENABLED' },
  ],
  [
    { tag: `${TAGS}/latest`, version: 'x/sha256:1' },
    { tag: `${TAGS}/${tagOfSource(BUILT_ELSEWHERE)}`, version: 'x/sha256:2' },
  ],
  [{ name: 'run-sources-demo-project-europe-west1' }],
  [{ config: { name: 'run.googleapis.com' } }, { config: { name: 'cloudbuild.googleapis.com' } }],
];

const MODULES = [
  {
    uid: 'a',
    module_name: 'ReJSON',
    semantic_version: '2.6.8',
    min_redis_version: '7.2',
    compatible_redis_version: '7.4',
  },
  {
    uid: 'b',
    module_name: 'search',
    semantic_version: '2.8.10',
    min_redis_version: '7.1',
    compatible_redis_version: '',
  },
];
const SOFTWARE: readonly unknown[] = [
  { name: 'cluster' },
  MODULES,
  [
    {
      uid: 1,
      addr: '10.0.0.2',
      status: 'active',
      supported_database_versions: [{ db_type: 'redis', version: '7.4.0' }],
    },
    { uid: 2, addr: '10.0.0.3', status: 'down' },
  ],
  [
    {
      ...{ uid: 1, name: 'redisdemo', status: 'active', port: 0, endpoints: [{ port: 12_000 }], memory_size: 1 },
      ...{
        replication: true,
        shards_count: 1,
        shard_list: [1],
        data_persistence: 'aof',
        eviction_policy: 'noeviction',
      },
      ...{ tls_mode: 'disabled', default_user: false, roles_permissions: [{ role_uid: 3 }], module_list: MODULES },
    },
  ],
  [
    { uid: 1, name: 'redisdemo' },
    { uid: 2, name: 'redisdemo' },
  ],
];

export const DOCUMENTS: readonly unknown[] = [...GOOGLE, ...LISTS, ...SOFTWARE];
