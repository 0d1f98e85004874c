import type { Connection } from '../../connection.ts';
import type { Home } from '../../home.ts';
import { passwordAction, type HandOver, type ManagedFile } from '../../plan/action.ts';
import { absent, ok, type Answer } from '../../plan/answer.ts';
import { aliveOr, portsFree } from '../../plan/container-checks.ts';
import type { Plan, Step, Waiting } from '../../plan/plan.ts';
import { sharedNetworkSteps } from '../../plan/shared-network.ts';
import type { Systems } from '../../plan/systems.ts';
import type { WorkContext } from '../../plan/wait.ts';
import { Problem } from '../../problem.ts';
import { isUnknownCommand, moduleProblem } from '../modules.ts';
import { explained } from './failures.ts';
import { connectionOf, type FoundStack } from './found.ts';
import {
  DATA_VOLUME,
  isStackImage,
  ownedBy,
  SECRETS_VOLUME,
  STACK,
  STACK_DEFAULTS,
  stackContainer,
  stackUpLine,
  type StackSettings,
} from './settings.ts';

const PASSWORD_FILE = 'redis-password';
const READY_LIMIT_MS = 60_000;

/** https://hub.docker.com/r/redis/redis-stack: Redis 8 has its modules, and Redis Stack ended in December 2025. */
const SUCCESSOR = 'Redis Stack gets no updates any more. Its maintained successor is Redis 8: --image redis:8';

export function stackPlan(settings: StackSettings, home: Home): Plan {
  const { image } = settings;
  return {
    title: `Redis in a container (${image})`,
    lock: home.lock('stack'),
    ...(isStackImage(image) && { note: SUCCESSOR }),
    steps: [
      { id: 'pull', title: `pull ${image}`, action: { kind: 'pullImage', image } },
      ...sharedNetworkSteps(home),
      ...dataSteps(home),
      ...(settings.password ? passwordSteps(settings, home) : []),
      containerStep(settings, home),
    ],
  };
}

/** @param everything adds the password that an earlier container may have left */
export function foundStackPlan(there: FoundStack | undefined, home: Home, everything = false): Plan {
  const settings = there?.settings ?? STACK_DEFAULTS;
  return stackPlan({ ...settings, password: settings.password || everything }, home);
}

/** The note records that there was a volume, so that a lost one is noticed. */
function dataSteps(home: Home): Step[] {
  const note: ManagedFile = {
    kind: 'file',
    file: home.record('stack-data'),
    content: { from: 'text', text: `{"volume":"${DATA_VOLUME}"}` },
  };
  return [
    {
      id: 'data-volume',
      title: `create volume ${DATA_VOLUME}`,
      action: { kind: 'createVolume', name: DATA_VOLUME, ...ownedBy(home) },
      needs: (systems, working) => reportLostData(note, systems, working),
      keep: true,
    },
    { id: 'data-note', title: `note that ${DATA_VOLUME} has data`, action: note, keep: true },
  ];
}

function passwordSteps({ image, passwordFile }: StackSettings, home: Home): Step[] {
  const secret = { file: home.secret('stack-password') };
  const handOver: HandOver = {
    kind: 'handOver',
    volume: SECRETS_VOLUME,
    ...ownedBy(home),
    image,
    files: [
      { name: 'redis.conf', secret, form: 'redisConfig' },
      { name: PASSWORD_FILE, secret, form: 'plain' },
    ],
  };
  return [
    {
      id: 'password',
      title: 'make the password',
      action: passwordAction(secret.file, passwordFile),
      needs: (systems) => noOtherPassword(handOver, systems),
    },
    { id: 'secrets', title: 'hand the password over to Docker', action: handOver },
  ];
}

function containerStep(settings: StackSettings, home: Home): Step {
  const container = stackContainer(settings, ownedBy(home));
  const ports = container.ports.map(({ host }) => host);
  const instead = stackUpLine({ ...settings, port: 'auto', insightPort: 'auto' });
  return {
    id: 'container',
    title: `start container ${STACK}`,
    action: container,
    needs: (systems) => portsFree(ports, { own: STACK, instead, record: home.record('service') }, systems),
    ready: {
      what: `Redis at 127.0.0.1:${String(settings.port)}`,
      limitMs: READY_LIMIT_MS,
      until: { kind: 'redis', connection: connectionOf(settings, home), answer: 'PONG' },
      look: (waiting) => answers(connectionOf(settings, home), settings, waiting),
    },
  };
}

/** Called when the volume is missing: the note tells whether there was one. */
async function reportLostData({ file }: ManagedFile, { files }: Systems, { report }: WorkContext): Promise<void> {
  if (!(await files.exists(file))) return;
  report.say(
    `The data are gone: something other than redisdemo removed the volume ${DATA_VOLUME}. Redis starts empty.`,
    'bad',
  );
}

/** Redis keeps the password that Docker was given first: a new one here would lock us out. */
async function noOtherPassword(handOver: HandOver, { perform }: Systems): Promise<void> {
  if ((await perform.present(handOver)).kind !== 'ok') return;
  throw new Problem('password_differs', {
    message: `${STACK} was created with another password, which is stored in the volume ${SECRETS_VOLUME}.`,
    hint: 'Remove it first; the data stays: redisdemo stack down',
  });
}

/** Any answer to a JSON command other than "unknown command" proves the module, and needs no right to list modules. */
async function answers(
  connection: Connection,
  settings: StackSettings,
  { systems, holds }: Waiting,
): Promise<Answer<unknown>> {
  const answer = await holds();
  if (answer.kind === 'ok') {
    const json = await systems.redis.call(connection, ['JSON.GET', 'redisdemo:probe', '$']);
    if (json.kind === 'failed' && isUnknownCommand(json.reason)) throw moduleProblem(json.reason);
    // Ended, or still loading its data: nothing is known about JSON.
    if (json.kind === 'absent' || (json.kind === 'failed' && json.transient === true)) return absent(json.reason);
    return ok(undefined);
  }
  // No wait changes these: another password, protected mode, another protocol on that port.
  if (answer.kind === 'failed' && answer.transient !== true) return answer;
  const alive = await aliveOr(STACK, absent(answer.reason), systems);
  if (alive.kind !== 'failed') return alive;
  const up = (image: string): string => stackUpLine({ ...settings, image, passwordFile: undefined });
  return explained(alive, { image: settings.image, volume: DATA_VOLUME, up });
}
