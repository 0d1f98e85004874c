/** The step that makes a revision: the same flags for the first and for each next one, but for who gets to it. */
import { LABEL } from '../../plan/action.ts';
import type { CommandCall } from '../../plan/call.ts';
import type { Step } from '../../plan/plan.ts';
import { digestOfSettings } from './digest.ts';
import { gcloud, inRegion } from './gcloud.ts';
import { askService } from './service.ts';
import {
  CANDIDATE,
  DIGEST_LABEL,
  FIXED_FLAGS,
  LABEL_VALUE,
  PASSWORD_VARIABLE,
  secretName,
  SINCE_LABEL,
  variablesOf,
  type CloudRunSettings,
} from './settings.ts';

/** `first`: nothing serves yet. `next`: something does, and goes on until the new one is proven. */
export type Mode = 'first' | 'next';

const PATIENCE_MS = 60_000;

/** Its fact is the revision. */
export function deployStep(settings: CloudRunSettings, mode: Mode, since: number): Step {
  const { service, project, region } = settings;
  const title = mode === 'first' ? `deploy ${service}, closed to the public` : `deploy ${service} without traffic`;
  return {
    title,
    action: {
      kind: 'resource',
      thing: `service ${service} in ${project}, ${region}`,
      fact: 'REVISION',
      find: askService(settings, isDeployed(settings)),
      create: deployCall(settings, mode, since),
    },
    patienceMs: PATIENCE_MS,
  };
}

/** Selects the newest revision when it is what was asked for, and works. */
function isDeployed(settings: CloudRunSettings): string {
  const digest = `select((.metadata.labels | .["${DIGEST_LABEL}"]) == "${digestOfSettings(settings)}")`;
  // A change by hand keeps the label.
  const plain = JSON.stringify(variablesOf(settings));
  const variables = '[.spec.template.spec.containers[0].env[]?]';
  const isPlain = `select((${variables} | map(select(.value != null) | {key: .name, value: .value}) | from_entries) == ${plain})`;
  const isPinned = `select(any(${variables}[]; .valueFrom.secretKeyRef.key == "{{SECRET_VERSION}}"))`;
  const isReady = 'select(.status.latestCreatedRevisionName == .status.latestReadyRevisionName)';
  const all = [digest, isPlain, ...(settings.connection?.password ? [isPinned] : []), isReady];
  return [...all, '.status.latestCreatedRevisionName'].join(' | ');
}

function deployCall(settings: CloudRunSettings, mode: Mode, since: number): CommandCall {
  const { source, connection, min, max, serviceAccount } = settings;
  const labels = { [LABEL]: LABEL_VALUE, [DIGEST_LABEL]: digestOfSettings(settings), [SINCE_LABEL]: String(since) };
  return gcloud(
    [
      ...['run', 'deploy', settings.service, ...inRegion(settings)],
      source.kind === 'folder' ? `--source=${source.folder}` : `--image=${source.image}`,
      '--env-vars-file=/dev/stdin',
      connection?.password
        ? `--set-secrets=${PASSWORD_VARIABLE}=${secretName(settings)}:{{SECRET_VERSION}}`
        : '--clear-secrets',
      `--labels=${Object.entries(labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(',')}`,
      ...[`--min=${String(min)}`, `--max-instances=${String(max)}`, ...FIXED_FLAGS],
      ...(serviceAccount === undefined ? [] : [`--service-account=${serviceAccount}`]),
      ...networkFlags(settings, mode),
      // --no-traffic is refused for a service that is new.
      ...(mode === 'first' ? ['--no-allow-unauthenticated'] : ['--no-traffic', `--tag=${CANDIDATE}`]),
    ],
    { stdin: { json: variablesOf(settings) }, limitMs: settings.limitMs },
  );
}

/** Without a network of the project's a private address cannot be reached; the rest goes the usual way. */
function networkFlags({ network, subnet }: CloudRunSettings, mode: Mode): readonly string[] {
  if (network === undefined && subnet === undefined) return mode === 'first' ? [] : ['--clear-network'];
  return [
    ...(network === undefined ? [] : [`--network=${network}`]),
    ...(subnet === undefined ? [] : [`--subnet=${subnet}`]),
    '--vpc-egress=private-ranges-only',
  ];
}
