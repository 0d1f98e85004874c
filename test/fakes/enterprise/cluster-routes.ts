/**
 * /v1/cluster, its policy, its licence and its modules.
 *
 * Where each belief comes from:
 * - fields of the cluster, among them undocumented ones and `data_cipher_suites_tls_1_3: []`, the certificate of the
 *   databases, system_reserved_ports: redis-enterprise-rs, tests/fixtures/cluster.json.
 * - the trial: shards_limit 4, 30 days, and null for cluster_name, owner, ram_shards_limit, flash_shards_limit:
 *   tests/fixtures/license.json.
 * - default_provisioned_redis_version is in the policy: redis/docs, api/objects/cluster_settings.md.
 */
import type { Answer } from './answer.ts';
import { shardsLimitOf } from './limits.ts';
import { shownModules } from './modules.ts';
import type { Context, Route } from './routes.ts';
import { shardsInUse } from './state.ts';

const DAY_MS = 86_400_000;
const TRIAL_DAYS = 30;
const TLS_1_3 = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';

export const CLUSTER_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/v1/cluster', handle: showCluster },
  {
    method: 'GET',
    path: '/v1/cluster/policy',
    handle: ({ state }) => ({ status: 200, body: state().policy }),
  },
  {
    method: 'PUT',
    path: '/v1/cluster/policy',
    needs: 'cluster',
    handle: async (context) => {
      const wish = context.body as Readonly<Record<string, unknown>>;
      await context.change((state) => ({ ...state, policy: { ...state.policy, ...wish } }));
      return { status: 200, body: context.state().policy };
    },
  },
  { method: 'GET', path: '/v1/license', handle: showLicence },
  {
    method: 'GET',
    path: '/v1/modules',
    handle: ({ release, troubles }) => ({
      status: 200,
      body: troubles.noModules === true ? [] : shownModules(release),
    }),
  },
];

function showCluster({ state }: Context): Answer {
  const { name, created, identities } = state();
  return {
    status: 200,
    body: {
      alert_settings: { cluster_license_about_to_expire: { enabled: true, threshold: '7' } },
      block_cluster_changes: false,
      cm_port: 8443,
      cnm_https_port: 9443,
      control_cipher_suites_tls_1_3: TLS_1_3,
      created_time: created,
      data_cipher_suites_tls_1_3: [],
      email_alerts: false,
      mask_bdb_credentials: false,
      name,
      password_complexity: false,
      password_hashing_algorithm: 'SHA-256',
      password_min_length: 8,
      proxy_certificate: identities.proxy.certificate,
      rack_aware: false,
      reserved_ports: [],
      slave_ha: true,
      system_reserved_ports: [3333, 8001, 8002, 8070, 8080, 8443, 9081, 9443, 10_050, 36_379],
      upgrade_in_progress: false,
      upgrade_mode: false,
      wait_command: true,
    },
  };
}

function showLicence({ state, troubles }: Context): Answer {
  const created = Date.parse(state().created);
  const expired = troubles.licenceExpired === true;
  const activation = expired ? created - (TRIAL_DAYS + 1) * DAY_MS : created;
  const day = (time: number): string => new Date(time).toISOString().replace(/\.\d+/, '');
  return {
    status: 200,
    body: {
      activation_date: day(activation),
      cluster_name: null,
      expiration_date: day(activation + TRIAL_DAYS * DAY_MS),
      expired,
      features: ['trial', 'bigstore'],
      flash_shards_in_use: 0,
      flash_shards_limit: null,
      key: '',
      license: '----- DEFAULT LICENSE START -----\nc3RhbmQtaW4=\n----- LICENSE END -----\n',
      owner: null,
      ram_shards_in_use: shardsInUse(state()),
      ram_shards_limit: null,
      shards_limit: shardsLimitOf(troubles),
    },
  };
}
