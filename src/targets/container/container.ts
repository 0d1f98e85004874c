import { serviceVariables, type Connection } from '../../connection.ts';
import type { Home } from '../../home.ts';
import type { HandedFile, Owned, RunContainer } from '../../plan/action.ts';
import { failed, type Answer } from '../../plan/answer.ts';
import { aliveOr, portsFree, publishedPort } from '../../plan/container-checks.ts';
import type { Plan, Step, Waiting } from '../../plan/plan.ts';
import { HEALTH_TIMEOUT_MS, READY_LIMIT_MS } from '../../plan/service-health.ts';
import { NETWORK, sharedNetworkSteps } from '../../plan/shared-network.ts';
import type { Systems } from '../../plan/systems.ts';
import { explainHealth, assertJsonModule, type ReadLog } from '../../running-service/health.ts';

export const SERVICE = 'redisdemo-service';
const SERVICE_SECRETS = `${SERVICE}-secrets`;
const SECRETS_PATH = '/run/secrets';
/** A damaged image keeps its label, so only running it shows the damage. */
function rebuild(image: string): string {
  return [
    'If the image is damaged, remove it, and run the same command again to build it: redisdemo destroy container',
    `It stays while another container uses it. To find that one: docker ps --all --filter ancestor=${image}`,
  ].join('\n');
}

const PASSWORD_FILE = 'redis-password';
const CA_FILE = 'redis-ca.pem';
const SERVICE_PORT = 8080;

export interface ContainerSettings {
  readonly image: string;
  readonly port: number;
  /** From inside the container; undefined: users are kept in memory. */
  readonly connection?: Connection | undefined;
  /** Includes the volume for secrets even when there are none to hand over. */
  readonly everything?: true;
}

/** undefined when the container does not exist. */
export function findServicePort(systems: Systems): Promise<number | undefined> {
  return publishedPort(SERVICE, SERVICE_PORT, systems);
}

export function containerPlan(settings: ContainerSettings, home: Home): Plan {
  const owned = { stage: 'service', home: home.id };
  const { image, port, connection, everything } = settings;
  const url = `http://127.0.0.1:${String(port)}`;
  const files = connection ? handedFiles(connection) : [];
  const own: Step[] =
    files.length === 0 && everything !== true
      ? []
      : [
          {
            id: 'secrets',
            title: connection?.password
              ? 'hand the password over to Docker'
              : 'hand the certificate authority over to Docker',
            action: { kind: 'handOver', volume: SERVICE_SECRETS, ...owned, image, files },
          },
        ];
  return {
    title: `The service in a container (${image})`,
    lock: home.lock('container'),
    steps: [
      ...sharedNetworkSteps(home),
      ...own,
      {
        id: 'container',
        title: `start container ${SERVICE}`,
        action: serviceContainer(settings, owned),
        needs: (systems) =>
          portsFree(
            [port],
            {
              own: SERVICE,
              instead: (free) => `redisdemo deploy container --port ${String(free)}`,
              record: home.record('service'),
            },
            systems,
          ),
        ready: {
          what: `${url}/health`,
          limitMs: READY_LIMIT_MS,
          until: { kind: 'http', url: `${url}/health`, timeoutMs: HEALTH_TIMEOUT_MS },
          look: (waiting) => healthy(settings, waiting),
        },
      },
    ],
  };
}

/** Files, because `inspect` shows variables, and a bundle of authorities is longer than a variable can be. */
function handedFiles({ password, ca, caFile }: Connection): readonly HandedFile[] {
  const text: readonly HandedFile[] = ca === undefined ? [] : [{ name: CA_FILE, certificates: { text: ca } }];
  return [
    ...(password ? [{ name: PASSWORD_FILE, secret: password, form: 'plain' } as const] : []),
    ...(caFile === undefined ? text : [{ name: CA_FILE, certificates: { file: caFile } }]),
  ];
}

function serviceContainer({ image, port, connection }: ContainerSettings, owned: Owned): RunContainer {
  const names = connection ? handedFiles(connection).map(({ name }) => name) : [];
  const variables = connection
    ? serviceVariables({ ...connection, password: undefined, ca: undefined, caFile: undefined })
    : {};
  return {
    kind: 'runContainer',
    name: SERVICE,
    ...owned,
    image,
    network: NETWORK,
    ports: [{ host: port, container: SERVICE_PORT }],
    mounts: names.length > 0 ? [{ volume: SERVICE_SECRETS, path: SECRETS_PATH, readOnly: true }] : [],
    env: {
      ...variables,
      ...(names.includes(CA_FILE) && { REDISCA_FILE: `${SECRETS_PATH}/${CA_FILE}` }),
      ...(names.includes(PASSWORD_FILE) && { REDISPASS_FILE: `${SECRETS_PATH}/${PASSWORD_FILE}` }),
    },
    readOnly: true,
    replace: true,
  };
}

async function healthy(
  { image, port, connection }: ContainerSettings,
  { systems, holds }: Waiting,
): Promise<Answer<unknown>> {
  const readLog: ReadLog = async (lines) => {
    const log = await systems.containers.log(SERVICE, lines);
    return log.kind === 'ok' ? log.value : '';
  };
  const evidence = { readLog, connection };
  const said = await explainHealth(`http://127.0.0.1:${String(port)}`, await holds(), systems, evidence);
  if (said.kind === 'ok') return said;
  const alive = await aliveOr(SERVICE, said, systems);
  if (alive.kind !== 'failed') return alive;
  assertJsonModule(alive.reason);
  return failed(alive.reason, { hint: rebuild(image) });
}
