/** The step that makes a revision: the first and later ones have the same flags, except for who can call them. */
import { LABEL } from '../../../plan/action.ts';
import type { CommandCall } from '../../../plan/call.ts';
import type { Step } from '../../../plan/plan.ts';
import { imageFlags } from '../build/build-step.ts';
import { gcloud, inRegion } from '../google/gcloud.ts';
import { googleStep } from '../google/step.ts';
import { secretName } from '../place/place.ts';
import { limitFlags } from '../service/limits.ts';
import { askService, EACH_VARIABLE } from '../service/reads.ts';
import {
  CANDIDATE,
  type CloudRunSettings,
  DIGEST_LABEL,
  digestOfSettings,
  FIXED_FLAGS,
  LABEL_VALUE,
  PASSWORD_VARIABLE,
  SINCE_LABEL,
  variablesOf,
} from '../service/settings.ts';
import type { ServiceState } from '../service/state.ts';
import { updateService } from './traffic.ts';
import { isAsGiven, valuesGiven, variablesJson } from './variables.ts';

/** `first`: nothing serves yet. `next`: a revision does, and keeps serving until the new one is proven. */
export type Mode = 'first' | 'next';

const HOST_VARIABLE = 'REDISHOST';
export const DEPLOY = 'deploy';

export function deployStep(settings: CloudRunSettings, mode: Mode, since: number): Step {
  const { service, project, region, variables } = settings;
  const title = mode === 'first' ? `deploy ${service}, closed to the public` : `deploy ${service} without traffic`;
  return googleStep({
    id: DEPLOY,
    title,
    thing: `service ${service} in ${project}, ${region}`,
    fact: 'REVISION',
    find: { ...askService(settings, isDeployed(settings)), env: valuesGiven(variables) },
    create: deployCall(settings, mode, since),
  });
}

/**
 * gcloud 528 sets plain variables before it removes secrets, and refuses a name that is one still: those are removed by a
 * call of its own. The revision that it makes gets no traffic, like the one after it.
 */
export function plainStep(settings: CloudRunSettings, { service }: ServiceState): Step[] {
  const env = service.spec.template.spec.containers[0]?.env ?? [];
  const names = [...Object.keys(variablesOf(settings)), ...settings.variables.map(({ name }) => name)];
  const secrets = env.flatMap(({ name, valueFrom }) => (valueFrom !== undefined && names.includes(name) ? [name] : []));
  if (secrets.length === 0) return [];
  // Without REDISHOST the service keeps users in memory, and starts whatever else it lacks.
  const isCutOff =
    secrets.some((name) => name.startsWith('REDIS')) &&
    env.some(({ name, valueFrom }) => name === HOST_VARIABLE && valueFrom === undefined);
  const still = `select(.valueFrom != null and (.name as $name | ${JSON.stringify(secrets)} | any(.[]; . == $name)))`;
  return [
    googleStep({
      id: 'plain-variables',
      title: `remove ${secrets.join(', ')} as ${secrets.length === 1 ? 'a secret' : 'secrets'}, to set as plain variables`,
      thing: 'variables',
      find: askService(settings, `select([${VARIABLES} | .[] | ${still}] == []) | .metadata.name`),
      create: updateService(
        settings,
        `--remove-secrets=${secrets.join(',')}`,
        ...(isCutOff ? [`--remove-env-vars=${HOST_VARIABLE}`] : []),
        ...['--no-traffic', `--tag=${CANDIDATE}`],
      ),
    }),
  ];
}

const VARIABLES = `[${EACH_VARIABLE}]`;

/** Selects the newest revision when it is what was asked for, and works. */
function isDeployed(settings: CloudRunSettings): string {
  const digest = `select((.metadata.labels | .["${DIGEST_LABEL}"]) == "${digestOfSettings(settings)}")`;
  // A change by hand keeps the label.
  const plain = JSON.stringify(variablesOf(settings));
  const own = JSON.stringify(settings.variables.map(({ name }) => name));
  const isOwn = `(.name as $name | ${own} | any(.[]; . == $name))`;
  const isPlain = `select((${VARIABLES} | map(select(.value != null and (${isOwn} | not)) | {key: .name, value: .value}) | from_entries) == ${plain})`;
  const isPinned = `select(any(${VARIABLES} | .[]; .valueFrom.secretKeyRef.key == "{{SECRET_VERSION}}"))`;
  const isReady = 'select(.status.latestCreatedRevisionName == .status.latestReadyRevisionName)';
  const isOwnGiven = settings.variables.map((variable) => `select(${isAsGiven(variable)})`);
  const all = [digest, isPlain, ...isOwnGiven, ...(settings.connection?.password ? [isPinned] : []), isReady];
  return [...all, '.status.latestCreatedRevisionName'].join(' | ');
}

function deployCall(settings: CloudRunSettings, mode: Mode, since: number): CommandCall {
  const { connection, min, max, limits, ingress, serviceAccount } = settings;
  const labels = {
    ...settings.labels,
    [LABEL]: LABEL_VALUE,
    [DIGEST_LABEL]: digestOfSettings(settings),
    [SINCE_LABEL]: String(since),
  };
  return gcloud(
    [
      ...['run', 'deploy', settings.service, ...inRegion(settings)],
      ...imageFlags(settings),
      '--env-vars-file=/dev/stdin',
      connection?.password
        ? `--set-secrets=${PASSWORD_VARIABLE}=${secretName(settings)}:{{SECRET_VERSION}}`
        : '--clear-secrets',
      `--labels=${Object.entries(labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(',')}`,
      ...[`--min=${String(min)}`, `--max-instances=${String(max)}`, ...limitFlags(limits), ...FIXED_FLAGS],
      ...(ingress === undefined ? [] : [`--ingress=${ingress}`]),
      ...(serviceAccount === undefined ? [] : [`--service-account=${serviceAccount}`]),
      ...networkFlags(settings, mode),
      // --no-traffic is refused for a service that is new.
      ...(mode === 'first' ? ['--no-allow-unauthenticated'] : ['--no-traffic', `--tag=${CANDIDATE}`]),
    ],
    { stdin: { json: { ...variablesOf(settings), ...variablesJson(settings.variables) } }, limitMs: settings.limitMs },
  );
}

/** A network reaches private addresses; everything else goes the usual way. */
function networkFlags({ network, subnet }: CloudRunSettings, mode: Mode): readonly string[] {
  if (network === undefined && subnet === undefined) return mode === 'first' ? [] : ['--clear-network'];
  return [
    ...(network === undefined ? [] : [`--network=${network}`]),
    ...(subnet === undefined ? [] : [`--subnet=${subnet}`]),
    '--vpc-egress=private-ranges-only',
  ];
}
