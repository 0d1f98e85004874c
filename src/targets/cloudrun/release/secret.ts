/** The password in Secret Manager: it goes there over stdin, and to the service by name and version. */
import { LABEL } from '../../../plan/action.ts';
import type { Objection } from '../../../plan/call.ts';
import { evaluate, type Condition } from '../../../plan/condition.ts';
import type { Step } from '../../../plan/plan.ts';
import type { Secret } from '../../../secret.ts';
import { gcloud, gcloudText, inProject } from '../google/gcloud.ts';
import { listed, read, viaApi } from '../google/read.ts';
import { googleStep } from '../google/step.ts';
import { secretName, type CloudRunPlace } from '../place/place.ts';
import { LABEL_VALUE } from '../service/settings.ts';

export const IS_OUR_SECRET = `((.labels | .["${LABEL}"]) == "${LABEL_VALUE}")`;
const ACCESSOR = 'roles/secretmanager.secretAccessor';
const NOT_FOUND = 'NOT_FOUND';
/** No version, none that is enabled, or none that can be read: in each case another version does no harm. */
const NOT_TO_BE_HAD = 'NOT_FOUND|FAILED_PRECONDITION|PERMISSION_DENIED';

interface SecretSettings {
  readonly password: Secret;
  /** The account that the service runs as. */
  readonly account: string;
}

const urlOf = (place: CloudRunPlace): string =>
  `https://secretmanager.googleapis.com/v1/projects/${place.project}/secrets/${secretName(place)}`;

export function secretSteps(place: CloudRunPlace, { password, account }: SecretSettings): Step[] {
  const name = secretName(place);
  return [
    createStep(place, name),
    versionStep(place, name, password),
    pinStep(place, name),
    accessorStep(place, name, account),
  ];
}

export function secretThere(place: CloudRunPlace) {
  const name = secretName(place);
  return {
    call: read(['secrets', 'describe', name, inProject(place)], urlOf(place), { absent: NOT_FOUND }),
    select: '.name',
  };
}

function createStep(place: CloudRunPlace, name: string): Step {
  const labels = `--labels=${LABEL}=${LABEL_VALUE}`;
  // Where the service is: a policy (gcp.resourceLocations) can forbid the global replication. It costs the same.
  const replication = ['--replication-policy=user-managed', `--locations=${place.region}`];
  return googleStep({
    id: 'secret',
    title: `create the secret ${name}`,
    thing: `secret ${name}`,
    find: { ...secretThere(place), objections: [foreignSecret(name)] },
    create: gcloud(['secrets', 'create', name, inProject(place), ...replication, labels]),
    retryForMs: RETRY_MS,
  });
}

function foreignSecret(name: string): Objection {
  const problem = {
    message: `The secret ${name} already exists and was not created by redisdemo.`,
    hint: 'Choose another name for the service: --service NAME',
  };
  return { code: 'foreign', select: `select(${IS_OUR_SECRET} | not) | ${JSON.stringify(problem)}` };
}

/** One version for each password: only the newest is compared. */
function versionStep(place: CloudRunPlace, name: string, password: Secret): Step {
  const words = ['secrets', 'versions', 'access', 'latest', `--secret=${name}`, inProject(place)];
  const access = viaApi(gcloudText(words, { absent: NOT_TO_BE_HAD }), `${urlOf(place)}/versions/latest:access`, {
    printed: printedPayload,
  });
  const holds: Condition = { kind: 'prints', call: access, secret: password };
  const versions = gcloud(['secrets', 'versions', 'list', name, inProject(place)]);
  return googleStep({
    id: 'secret-version',
    title: `put the password into ${name}`,
    thing: `version of ${name}`,
    find: { call: versions, select: 'length' },
    create: gcloud(['secrets', 'versions', 'add', name, '--data-file=-', inProject(place)], { stdin: password }),
    exists: { ask: (systems, { signal }, facts) => evaluate(holds, { systems, facts, signal }), condition: holds },
    retryForMs: RETRY_MS,
  });
}

function printedPayload(answer: unknown): string {
  const { payload } = answer as { readonly payload: { readonly data: string } };
  return Buffer.from(payload.data, 'base64').toString('utf8');
}

/** Seconds may pass until one place of Google knows what another was told. */
const RETRY_MS = 30_000;

/** A number, not `latest`: what is deployed stays what was tested. */
function pinStep(place: CloudRunPlace, name: string): Step {
  return {
    id: 'secret-version-number',
    title: 'find the version of the password',
    action: {
      kind: 'lookup',
      thing: `version of ${name}`,
      fact: 'SECRET_VERSION',
      find: {
        call: read(['secrets', 'versions', 'list', name, inProject(place)], `${urlOf(place)}/versions`, {
          printed: listed('versions'),
        }),
        select:
          '[.[] | select(.state == "ENABLED") | .name | split("/") | last | select(test("^[0-9]+$")) | tonumber] | max',
      },
    },
  };
}

function accessorStep(place: CloudRunPlace, name: string, account: string): Step {
  const member = `serviceAccount:${account}`;
  const has = `any(.members | select(. != null) | .[]; . == ${JSON.stringify(member)})`;
  return googleStep({
    id: 'secret-access',
    title: `let the service read ${name}`,
    thing: `right of ${account}`,
    find: {
      call: read(['secrets', 'get-iam-policy', name, inProject(place)], `${urlOf(place)}:getIamPolicy`),
      select: `.bindings | select(. != null) | .[] | select(.role == "${ACCESSOR}") | select(${has}) | .role`,
    },
    create: gcloud([
      ...['secrets', 'add-iam-policy-binding', name, inProject(place)],
      ...[`--member=${member}`, `--role=${ACCESSOR}`],
    ]),
    retryForMs: RETRY_MS,
  });
}
