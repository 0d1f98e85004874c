import type { Home } from '../../../home.ts';
import type { PinnedCertificate, RunContainer } from '../../../plan/action.ts';
import { absent } from '../../../plan/answer.ts';
import { aliveOr, findContainer, portsFree } from '../../../plan/container-checks.ts';
import { hostPort, storedSettings } from '../../../plan/container-settings.ts';
import type { Step } from '../../../plan/plan.ts';
import { NETWORK } from '../../../plan/shared-network.ts';
import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import {
  ALIAS,
  API_PORT,
  ENTERPRISE_DEFAULTS,
  enterpriseUpLine,
  nodeName,
  STAGE,
  UI_PORT,
  type EnterpriseSettings,
} from '../settings.ts';
import { assertSameAddress } from './addresses.ts';

/** https://redis.io/docs/latest/operate/rs/installing-upgrading/install/plan-deployment/hardware-requirements/ */
const NEEDED_BYTES = 4e9;
const GIGABYTE = 1e9;
/** https://redis.io/docs/latest/operate/rs/security/certificates/ */
const CERTIFICATE = '/etc/opt/redislabs/api_cert.pem';
const START_LIMIT_MS = 300_000;
/** redis/docs, release notes of 8.0.10; what happens otherwise: RedisLabsModules/redismod#28, RedisJSON/RedisJSON#818. */
const EMULATED =
  'its modules crash when they are emulated. Tags from 8.0.10 on are for arm64 too: --image redislabs/redis:8.2.0-25.12';

function nodeContainer(node: number, settings: EnterpriseSettings, { id }: Home): RunContainer {
  const { image, port, apiPort, uiPort } = settings;
  const api = { host: apiPort + node - 1, container: API_PORT };
  return {
    kind: 'runContainer',
    name: nodeName(node),
    stage: STAGE,
    home: id,
    image,
    network: NETWORK,
    aliases: [ALIAS],
    // This machine connects to the first node, and needs only the REST API of the others.
    ports: node === 1 ? [{ host: uiPort, container: UI_PORT }, api, { host: port, container: port }] : [api],
    mounts: [],
    env: {},
    capabilities: ['SYS_RESOURCE'],
    emulated: EMULATED,
  };
}

/** Also waits until the REST API has a certificate. */
export function nodeSteps(node: number, settings: EnterpriseSettings, home: Home): Step[] {
  const container = nodeContainer(node, settings, home);
  const ports = container.ports.map(({ host }) => host);
  const instead = 'redisdemo enterprise up --port auto --api-port auto --ui-port auto';
  return [
    {
      id: `node-${String(node)}`,
      title: `start container ${container.name}`,
      action: container,
      needs: async (systems) => {
        await enoughMemory(settings.nodes, systems);
        await portsFree(ports, { own: container.name, instead, record: home.record('service') }, systems);
      },
      ready: {
        what: `the REST API of ${container.name} to have a certificate`,
        limitMs: START_LIMIT_MS,
        until: { kind: 'file', container: container.name, path: CERTIFICATE },
        look: async ({ systems, holds }) => {
          const there = await holds();
          if (there.kind !== 'ok') return aliveOr(container.name, absent('there is none yet'), systems);
          if (settings.nodes > 1) await assertSameAddress(node, settings, home, systems);
          return there;
        },
      },
    },
    pinNodeStep(node, home),
  ];
}

export function pinNodeStep(node: number, home: Home): Step {
  return {
    id: `pin-node-${String(node)}`,
    title: `pin the certificate of ${nodeName(node)}`,
    action: pinOf(node, home),
  };
}

export function pinOf(node: number, home: Home): PinnedCertificate {
  const container = nodeName(node);
  const content = { from: 'container', container, path: CERTIFICATE } as const;
  return { kind: 'file', file: home.certificate(container), content };
}

async function enoughMemory(nodes: number, { containers }: Systems): Promise<void> {
  const engine = await containers.engine();
  if (engine.kind !== 'ok') throw new Problem('system_failed', { message: engine.reason });
  const { memoryBytes } = engine.value;
  // A virtual machine with 4 GB reports a little less.
  if (memoryBytes > NEEDED_BYTES * nodes * 0.9) return;
  throw new Problem('not_enough_memory', {
    message:
      `The Docker engine has ${(memoryBytes / GIGABYTE).toFixed(1)} GB of memory; ${String(nodes)} node(s) of Redis ` +
      `Enterprise need ${String((NEEDED_BYTES / GIGABYTE) * nodes)} GB. Nothing was created.`,
    hint: 'Give Docker more memory (Docker Desktop: Settings, Resources; Colima: colima start --memory 8).',
    details: { memoryBytes, neededBytes: NEEDED_BYTES * nodes },
  });
}

/** Read from the first container; undefined when there are none. */
export async function findEnterprise(
  systems: Systems,
): Promise<{ readonly settings: EnterpriseSettings; readonly running: boolean } | undefined> {
  const found = await systems.containers.list();
  if (found.kind !== 'ok') throw new Problem('system_failed', { message: found.reason });
  const numbers = found.value.map(({ name }) => Number(new RegExp(`^${ALIAS}-(\\d+)$`).exec(name)?.[1] ?? 0));
  const nodes = Math.max(0, ...numbers);
  if (nodes === 0) return undefined;
  const first = await findContainer(nodeName(1), systems);
  if (!first) return { settings: { ...ENTERPRISE_DEFAULTS, nodes }, running: false };
  const there = storedSettings(first.labels)?.settings;
  const database = there?.ports.find(({ container }) => container !== API_PORT && container !== UI_PORT);
  return {
    running: first.running,
    settings: {
      image: there?.image ?? ENTERPRISE_DEFAULTS.image,
      nodes,
      port: database?.host ?? ENTERPRISE_DEFAULTS.port,
      apiPort: hostPort(there, API_PORT) ?? API_PORT,
      uiPort: hostPort(there, UI_PORT) ?? UI_PORT,
    },
  };
}

/** Throws a Problem when the cluster does not run. @param hintOf the hint, from the command that starts it */
export async function runningEnterprise(
  systems: Systems,
  hintOf = (start: string): string => start,
): Promise<EnterpriseSettings> {
  const found = await findEnterprise(systems);
  if (found?.running) return found.settings;
  const start = `Start it with: ${enterpriseUpLine(found?.settings ?? ENTERPRISE_DEFAULTS)}`;
  throw new Problem('not_running', { message: 'Redis Enterprise does not run.', hint: hintOf(start) });
}
