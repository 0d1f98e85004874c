/** Cloud Run in a tour: a service of the tour's own, for those with the right to call it, removed at the end. */
import { readFile } from 'node:fs/promises';
import type { Connection } from '../../connection.ts';
import { serviceDigest } from '../../image.ts';
import type { Plan } from '../../plan/plan.ts';
import { remove, thingsOf } from '../../plan/remove.ts';
import type { Systems } from '../../plan/systems.ts';
import type { WorkContext } from '../../plan/wait.ts';
import { Problem } from '../../problem.ts';
import type { ConnectRequest } from '../../stage/target-work.ts';
import type { Tested, TourContext } from '../../stage/tour.ts';
import { readClient, regionOf } from './google/client.ts';
import { commandFor } from './place/place.ts';
import { checkAddress } from './preflight/address.ts';
import { preflight } from './preflight/preflight.ts';
import { release } from './release/cloudrun.ts';
import { remains } from './release/destroy.ts';
import { DEPLOY_LIMIT_MS, DEPLOYMENT_DEFAULTS, type CloudRunSettings } from './service/settings.ts';
import { TOUR_SERVICE, tourPlace } from './tour-place.ts';

export async function testOnCloudRun({ connection }: ConnectRequest, tour: TourContext): Promise<Tested> {
  const { systems, working, places, keep } = tour;
  const settings = await reachable(await connection('internet'), tour);
  const context = { systems, working, home: places.home, explain: false, yes: false };
  try {
    const { smoke } = await release(settings, { ...context, confirm: () => Promise.resolve(false) });
    if (!smoke) throw new Problem('smoke_failed', { message: 'The service was deployed, and not tested.' });
    return {
      smoke,
      leftBehind: keep ? thingsOf((await whatIsLeft(settings, tour)).things) : await takeAway(settings, tour),
    };
  } catch (error) {
    const left = keep ? [] : await takeAway(settings, tour).catch(unremoved);
    if (left.length > 0) {
      const command = commandFor('destroy cloudrun', settings);
      working.report.say(`still on Google Cloud: ${left.join(', ')}. Remove it: ${command}`, 'bad');
    }
    throw error;
  }
}

/** Throws a Problem when Google would refuse it: the stage is out of reach then. Creates nothing to find out. */
export async function reachable(connection: Connection | undefined, tour: TourContext): Promise<CloudRunSettings> {
  try {
    return await askGoogle(connection, tour);
  } catch (error) {
    throw error instanceof Problem ? missing(error.message) : error;
  }
}

async function askGoogle(connection: Connection | undefined, tour: TourContext): Promise<CloudRunSettings> {
  const { systems, working } = tour;
  // Before gcloud is started.
  await checkAddress({ ...DEPLOYMENT_DEFAULTS, connection }, systems);
  const settings = await settingsOf(connection, tour);
  // A tour asks no questions.
  const { off } = await preflight(settings, systems, working);
  if (off.length === 0) return settings;
  throw missing(`APIs are off; to turn them on: gcloud services enable ${off.join(' ')} --project=${settings.project}`);
}

async function settingsOf(connection: Connection | undefined, tour: TourContext): Promise<CloudRunSettings> {
  const { places, systems, working } = tour;
  const { project = '', region } = tourPlace(tour);
  return {
    project,
    region: region ?? regionOf(await readClient(systems, working.signal)),
    service: TOUR_SERVICE,
    ...DEPLOYMENT_DEFAULTS,
    source: { kind: 'folder', folder: places.built, digest: await serviceDigest(places.built) },
    connection,
    ca: connection?.caFile === undefined ? undefined : await readFile(connection.caFile, 'utf8'),
    private: true,
    max: 1,
    limitMs: DEPLOY_LIMIT_MS,
  };
}

/** Only says what is left: the error that the test ended with is the one to show. */
function unremoved(error: unknown): readonly string[] {
  return [`perhaps everything that was made (${error instanceof Error ? error.message : String(error)})`];
}

/** Not interrupted with the tour: what is left there costs money. */
function whatIsLeft(settings: CloudRunSettings, { places, systems, working }: TourContext): ReturnType<typeof remains> {
  return remains(settings, places.home, systems, { ...working, signal: new AbortController().signal });
}

/** Resolves with what could not be removed. */
async function takeAway(settings: CloudRunSettings, tour: TourContext): Promise<readonly string[]> {
  const { things, record, unknown } = await whatIsLeft(settings, tour);
  const left = [...(await removed(things, tour.systems, tour.working)), ...(unknown ? [unknown.message] : [])];
  return left.length > 0 ? left : removed(record, tour.systems, tour.working);
}

async function removed(plan: Plan, systems: Systems, working: WorkContext): Promise<readonly string[]> {
  try {
    await remove(plan, systems, working, { withData: true });
    return [];
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'left_behind') throw error;
    return [error.message];
  }
}

const missing = (message: string): Problem => new Problem('out_of_reach', { message });
