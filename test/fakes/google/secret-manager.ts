/**
 * Secret Manager.
 *
 * Where each belief comes from:
 * - secrets, versions (numbers from 1, ENABLED/DISABLED/DESTROYED), access, destroy, delete, policies:
 *   cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.
 * - `payload.data` is base64, `dataCrc32c` guards it; gcloud 528 sends and checks it (Castagnoli, RFC 3720 B.4).
 * - gcp.resourceLocations at a secret with automatic replication, "[global]": firebase/firebase-tools#6454.
 * - NOT_FOUND texts `Secret [projects/N/secrets/x] not found.` and `… versions/1] not found.`; a destroyed version is
 *   FAILED_PRECONDITION "is in DESTROYED state.": the same reference, "Troubleshooting".
 */
import { crc32c } from './crc32c.ts';
import { Refusal, type Json, type Route, type RoutedCall } from './exchange.ts';
import type { Policies } from './policy.ts';
import type { Project } from './project.ts';
import {
  describeSecret,
  describeVersion,
  destroyed,
  select,
  type Replication,
  type Secret,
  type Version,
} from './secrets.ts';

const SECRETS = 'secretmanager.googleapis.com/v1/projects/{project}/secrets';
const ACCESSOR = 'roles/secretmanager.secretAccessor';

export interface SecretManager {
  readonly secrets: ReadonlyMap<string, Secret>;
  /** A version by its number or `latest`; undefined when it is not there or cannot be read any more. */
  readonly value: (name: string, version: string) => Buffer | undefined;
  readonly mayRead: (name: string, account: string) => boolean;
  readonly routes: readonly Route[];
}

export function createSecretManager(project: Project, policies: Policies): SecretManager {
  const secrets = new Map<string, Secret>();
  const path = (name: string): string => `projects/${project.number}/secrets/${name}`;
  const find = ({ params }: RoutedCall): Secret => {
    const secret = secrets.get(params['name'] ?? '');
    if (secret) return secret;
    throw new Refusal('NOT_FOUND', `Secret [${path(params['name'] ?? '')}] not found.`);
  };
  const findVersion = (call: RoutedCall): { secret: Secret; version: Version } => {
    const secret = find(call);
    const wanted = call.params['version'] ?? '';
    const version = select(secret, wanted);
    if (version) return { secret, version };
    throw new Refusal('NOT_FOUND', `Secret Version [${path(secret.name)}/versions/${wanted}] not found.`);
  };
  const setState =
    (state: Version['state']) =>
    (call: RoutedCall): Json => {
      const { secret, version } = findVersion(call);
      if (version.state === 'DESTROYED' && state !== 'DESTROYED') throw destroyed(path(secret.name), version);
      version.state = state;
      if (state === 'DESTROYED') version.value = undefined;
      return describeVersion(version, path(secret.name));
    };
  const routes: readonly Route[] = [
    {
      on: `POST ${SECRETS}`,
      needs: 'secretmanager.secrets.create',
      answer: ({ query, json }) => {
        const name = query.get('secretId') ?? '';
        if (secrets.has(name)) throw new Refusal('ALREADY_EXISTS', `Secret [${path(name)}] already exists.`);
        const labels = (json['labels'] ?? {}) as Record<string, string>;
        const replication = (json['replication'] ?? { automatic: {} }) as Replication;
        refuseLocations(replication, project);
        const secret = { name, created: now(), labels, replication, versions: [] };
        secrets.set(name, secret);
        return describeSecret(secret, path(name));
      },
    },
    {
      on: `GET ${SECRETS}`,
      needs: 'secretmanager.secrets.list',
      answer: () => ({
        secrets: [...secrets.values()].map((secret) => describeSecret(secret, path(secret.name))),
        totalSize: secrets.size,
      }),
    },
    {
      on: `GET ${SECRETS}/{name}`,
      needs: 'secretmanager.secrets.get',
      answer: (call) => describeSecret(find(call), path(find(call).name)),
    },
    {
      on: `PATCH ${SECRETS}/{name}`,
      needs: 'secretmanager.secrets.update',
      answer: (call) => {
        const { name } = find(call);
        const { labels = {} } = call.json as { labels?: Record<string, string> };
        const changed = { ...find(call), labels };
        secrets.set(name, changed);
        return describeSecret(changed, path(name));
      },
    },
    {
      on: `DELETE ${SECRETS}/{name}`,
      needs: 'secretmanager.secrets.delete',
      answer: (call) => {
        const { name } = find(call);
        secrets.delete(name);
        policies.forget(path(name));
        return {};
      },
    },
    {
      on: `POST ${SECRETS}/{name}:addVersion`,
      needs: 'secretmanager.versions.add',
      answer: (call) => {
        const secret = find(call);
        const { data = '' } = (call.json['payload'] ?? {}) as { data?: string };
        const version: Version = {
          number: secret.versions.length + 1,
          created: now(),
          state: 'ENABLED',
          value: Buffer.from(data, 'base64'),
        };
        secret.versions.push(version);
        // Without this word `gcloud secrets versions add` fears that the data was corrupted, and fails.
        return { ...describeVersion(version, path(secret.name)), clientSpecifiedPayloadChecksum: true };
      },
    },
    {
      on: `GET ${SECRETS}/{name}/versions`,
      needs: 'secretmanager.versions.list',
      answer: (call) => {
        const secret = find(call);
        const versions = secret.versions.map((version) => describeVersion(version, path(secret.name))).reverse();
        // A list without an entry is left out, as everywhere in JSON of protocol buffers.
        return versions.length === 0 ? {} : { versions, totalSize: versions.length };
      },
    },
    {
      on: `GET ${SECRETS}/{name}/versions/{version}`,
      needs: 'secretmanager.versions.get',
      answer: (call) => {
        const { secret, version } = findVersion(call);
        return describeVersion(version, path(secret.name));
      },
    },
    {
      on: `GET ${SECRETS}/{name}/versions/{version}:access`,
      needs: 'secretmanager.versions.access',
      answer: (call) => {
        const { secret, version } = findVersion(call);
        if (version.value === undefined || version.state !== 'ENABLED') throw destroyed(path(secret.name), version);
        const { value } = version;
        return {
          name: `${path(secret.name)}/versions/${String(version.number)}`,
          payload: { data: value.toString('base64'), dataCrc32c: String(crc32c(value)) },
        };
      },
    },
    {
      on: `POST ${SECRETS}/{name}/versions/{version}:destroy`,
      needs: 'secretmanager.versions.destroy',
      answer: setState('DESTROYED'),
    },
    {
      on: `POST ${SECRETS}/{name}/versions/{version}:disable`,
      needs: 'secretmanager.versions.disable',
      answer: setState('DISABLED'),
    },
    {
      on: `POST ${SECRETS}/{name}/versions/{version}:enable`,
      needs: 'secretmanager.versions.enable',
      answer: setState('ENABLED'),
    },
    {
      on: `GET ${SECRETS}/{name}:getIamPolicy`,
      needs: 'secretmanager.secrets.getIamPolicy',
      answer: (call) => policies.read(path(find(call).name)),
    },
    {
      on: `POST ${SECRETS}/{name}:setIamPolicy`,
      needs: 'secretmanager.secrets.setIamPolicy',
      answer: (call) => policies.write(path(find(call).name), call),
    },
  ];
  return {
    secrets,
    value: (name, version) => {
      const secret = secrets.get(name);
      const found = secret && select(secret, version);
      return found?.state === 'ENABLED' ? found.value : undefined;
    },
    mayRead: (name, account) => {
      const member = `serviceAccount:${account}`;
      return policies.has(path(name), ACCESSOR, member) || policies.has(`projects/${project.id}`, ACCESSOR, member);
    },
    routes,
  };
}

function refuseLocations({ userManaged }: Replication, { number, regions, constraints }: Project): void {
  if (!constraints.has('gcp.resourceLocations')) return;
  const wanted = userManaged?.replicas.map(({ location }) => location) ?? ['global'];
  const forbidden = wanted.find((location) => !regions.includes(location));
  if (forbidden === undefined) return;
  const message = `Constraint constraints/gcp.resourceLocations violated for [orgpolicy:projects/${number}] attempting to create a secret in [${forbidden}]. For more information, see https://cloud.google.com/resource-manager/docs/organization-policy/defining-locations.`;
  throw new Refusal('FAILED_PRECONDITION', message);
}

function now(): string {
  return new Date().toISOString();
}
