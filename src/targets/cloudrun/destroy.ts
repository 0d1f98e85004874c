/** What a deployment has left, as plans that take it away: `remove` goes backwards. */
import type { Home } from '../../home.ts';
import type { Plan, Step } from '../../plan/plan.ts';
import type { Systems } from '../../plan/systems.ts';
import type { Working } from '../../plan/wait.ts';
import { LABEL } from '../../plan/action.ts';
import { Problem } from '../../problem.ts';
import { gcloud, inProject, inRegion } from './gcloud.ts';
import { openGoogle } from './google-api.ts';
import { journalFile, readJournal } from './journal.ts';
import { secretThere } from './secret.ts';
import { askService, sinceOf } from './service.ts';
import { LABEL_VALUE, secretName, type CloudRunPlace } from './settings.ts';
import { readState } from './state.ts';

/** Where `run deploy --source` puts what it builds, and from what. */
const REPOSITORY = 'cloud-run-source-deploy';
const NOT_FOUND = 'NOT_FOUND|not found|matched no objects';

export interface Remains {
  readonly things: Plan;
  /** Our own record of them: goes when all of them are gone. */
  readonly record: Plan;
}

/** Throws a Problem when the service is not ours. */
export async function remains(place: CloudRunPlace, home: Home, systems: Systems, working: Working): Promise<Remains> {
  const state = await readState(place, await openGoogle(systems, working));
  const since = state ? sinceOf(state.service) : await readJournal(place, home, systems);
  // What was there before us is not ours: without knowing since when, nothing is.
  const built = since === undefined ? [] : await builtSteps(place, since, systems, working);
  return {
    things: { title: `What ${place.service} has left`, steps: [...built, secretStep(place), serviceStep(place)] },
    record: { title: '', steps: [{ title: '', action: { kind: 'makeSecret', file: journalFile(place, home) } }] },
  };
}

function serviceStep(place: CloudRunPlace): Step {
  return {
    title: `deploy ${place.service}`,
    action: {
      kind: 'resource',
      thing: `service ${place.service}`,
      find: askService(place, `select(.metadata.labels["${LABEL}"] == "${LABEL_VALUE}") | .metadata.name`),
      remove: gcloud(['run', 'services', 'delete', place.service, ...inRegion(place)], {
        absent: 'Cannot find service|could not be found',
      }),
    },
  };
}

function secretStep(place: CloudRunPlace): Step {
  const name = secretName(place);
  const { call } = secretThere(place);
  return {
    title: `create the secret ${name}`,
    action: {
      kind: 'resource',
      thing: `secret ${name}`,
      find: { call, select: `select(.labels["${LABEL}"] == "${LABEL_VALUE}") | .name` },
      remove: gcloud(['secrets', 'delete', name, inProject(place)], { absent: 'NOT_FOUND' }),
    },
  };
}

interface ImageJson {
  readonly package: string;
  readonly version: string;
  readonly createTime: string;
}

interface ObjectJson {
  readonly storage_url: string;
  readonly creation_time: string;
}

/** Times are whole seconds in one place and parts of them in another. */
const isSince = (since: number, time: string): boolean => Date.parse(time) / 1000 >= since - 1;

async function builtSteps(
  place: CloudRunPlace,
  since: number,
  systems: Systems,
  working: Working,
): Promise<readonly Step[]> {
  const { project, region, service } = place;
  const images = gcloud(
    [
      'artifacts',
      'docker',
      'images',
      'list',
      `${region}-docker.pkg.dev/${project}/${REPOSITORY}/${service}`,
      inProject(place),
    ],
    { absent: NOT_FOUND },
  );
  const archives = gcloud(
    ['storage', 'objects', 'list', `gs://run-sources-${project}-${region}/services/${service}/**`, inProject(place)],
    { absent: NOT_FOUND },
  );
  const list = async (call: typeof images): Promise<readonly unknown[]> => {
    const answer = await systems.calls.ask({ call, select: '.' }, working.signal);
    if (answer.kind === 'failed')
      throw new Problem('system_failed', { message: `What was built is not known: ${answer.reason}` });
    return answer.kind === 'ok' ? (answer.value as readonly unknown[]) : [];
  };
  const [ourImages, ourArchives] = await Promise.all([list(images), list(archives)]);
  const urls = (ourArchives as readonly ObjectJson[])
    .filter(({ creation_time: time }) => isSince(since, time))
    .map(({ storage_url: url }) => url.replace(/#\d+$/, ''));
  return [
    ...(urls.length === 0 ? [] : [archivesStep(place, archives, urls)]),
    ...(ourImages as readonly ImageJson[])
      .filter(({ createTime }) => isSince(since, createTime))
      .map((image) => imageStep(place, images, image)),
  ];
}

function archivesStep(place: CloudRunPlace, list: ReturnType<typeof gcloud>, urls: readonly string[]): Step {
  const isThere = `select((.storage_url | split("#") | .[0]) as $url | ${JSON.stringify(urls)} | any(.[]; . == $url)) | .storage_url`;
  return {
    title: 'upload the source',
    action: {
      kind: 'resource',
      thing: `${String(urls.length)} source archive${urls.length === 1 ? '' : 's'}`,
      find: { call: list, select: `.[] | ${isThere}` },
      remove: gcloud(['storage', 'rm', ...urls, inProject(place)], { absent: NOT_FOUND }),
    },
  };
}

function imageStep(place: CloudRunPlace, list: ReturnType<typeof gcloud>, { package: name, version }: ImageJson): Step {
  return {
    title: 'build the image',
    action: {
      kind: 'resource',
      thing: `image ${place.service}@${version.slice(0, 19)}`,
      find: { call: list, select: `.[] | select(.version == "${version}") | .version` },
      remove: gcloud(
        ['artifacts', 'docker', 'images', 'delete', `${name}@${version}`, '--delete-tags', inProject(place)],
        {
          absent: NOT_FOUND,
        },
      ),
    },
  };
}
