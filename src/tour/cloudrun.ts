/** The rung of Cloud Run: a service of the tour's own, for those with the right to call it, taken away at the end. */
import { commandFor } from '../targets/cloudrun/place/commands.ts';
import { readFile } from 'node:fs/promises';
import type { Connection } from '../connection.ts';
import { serviceDigest } from '../image.ts';
import type { Plan } from '../plan/plan.ts';
import { remove, thingsOf } from '../plan/remove.ts';
import type { Systems } from '../plan/systems.ts';
import type { Working } from '../plan/wait.ts';
import { Problem } from '../problem.ts';
import { TOUR_SERVICE, type Walk, type Walked } from './rung.ts';
import { checkAddress } from '../targets/cloudrun/preflight/address.ts';
import { readClient, regionOf } from '../targets/cloudrun/google/client.ts';
import { release } from '../targets/cloudrun/release/cloudrun.ts';
import { remains } from '../targets/cloudrun/release/destroy.ts';
import { preflight } from '../targets/cloudrun/preflight/preflight.ts';
import { DEPLOY_LIMIT_MS, DEPLOYMENT_DEFAULTS, type CloudRunSettings } from '../targets/cloudrun/service/settings.ts';

/** Throws a Problem when Google would refuse it: that is out of reach, and nothing is made to find it out. */
export async function reachCloudRun(walk: Walk): Promise<Connection> {
  try {
    return await askGoogle(walk);
  } catch (error) {
    throw error instanceof Problem ? missing(error.message) : error;
  }
}

async function askGoogle(walk: Walk): Promise<Connection> {
  const { systems, working } = walk;
  // Before gcloud is started.
  await checkAddress({ ...DEPLOYMENT_DEFAULTS, ...wishOf(walk) }, systems);
  const settings = await settingsOf(walk);
  // Nobody is asked while the tour walks.
  const { off } = await preflight(settings, systems, working);
  if (off.length === 0) return settings.connection;
  throw missing(`APIs are off; to turn them on: gcloud services enable ${off.join(' ')} --project=${settings.project}`);
}

export async function runCloudRun(_database: string, _connection: unknown, walk: Walk): Promise<Walked> {
  const { systems, working, places, keep } = walk;
  const settings = await settingsOf(walk);
  const context = {
    systems,
    working,
    home: places.home,
    explain: false,
    yes: false,
    confirm: () => Promise.resolve(false),
  };
  try {
    const { smoke } = await release(settings, context);
    if (!smoke) throw new Problem('smoke_failed', { message: 'The service was deployed, and not tested.' });
    return {
      smoke,
      leftBehind: keep ? thingsOf((await whatIsLeft(settings, walk)).things) : await takeAway(settings, walk),
    };
  } catch (error) {
    const left = keep ? [] : await takeAway(settings, walk).catch(unremoved);
    if (left.length > 0) {
      const remove = commandFor('destroy cloudrun', settings);
      working.report.say(`still on Google Cloud: ${left.join(', ')}. Remove it: ${remove}`, 'bad');
    }
    throw error;
  }
}

/** The error that the rung ended with is the one to show: what came after it says what is left. */
function unremoved(error: unknown): readonly string[] {
  return [`perhaps everything that was made (${error instanceof Error ? error.message : String(error)})`];
}

/** It goes on to the end also when the tour is interrupted: what is left there costs money. */
function whatIsLeft(settings: CloudRunSettings, { places, systems, working }: Walk): ReturnType<typeof remains> {
  return remains(settings, places.home, systems, { ...working, signal: new AbortController().signal });
}

/** Resolves with what could not be removed. */
async function takeAway(settings: CloudRunSettings, walk: Walk): Promise<readonly string[]> {
  const { things, record, unknown } = await whatIsLeft(settings, walk);
  const left = [...(await removed(things, walk.systems, walk.working)), ...(unknown ? [unknown.message] : [])];
  return left.length > 0 ? left : removed(record, walk.systems, walk.working);
}

async function removed(plan: Plan, systems: Systems, working: Working): Promise<readonly string[]> {
  try {
    await remove(plan, systems, working, { withData: true });
    return [];
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'left_behind') throw error;
    return [error.message];
  }
}

/** Throws a Problem when there is nothing to walk with. */
function wishOf({ cloud }: Walk): { readonly project: string; readonly connection: Connection } {
  const { project, connection } = cloud;
  if (project === undefined)
    throw missing('no project is named, and it costs some cents: --project ID, or REDISDEMO_PROJECT');
  if (!connection) throw missing('no Redis is given: REDISHOST of one that the internet reaches');
  return { project, connection };
}

async function settingsOf(walk: Walk): Promise<CloudRunSettings & { readonly connection: Connection }> {
  const { places, cloud, systems, working } = walk;
  const { project, connection } = wishOf(walk);
  return {
    project,
    region: cloud.region ?? regionOf(await readClient(systems, working.signal)),
    service: TOUR_SERVICE,
    ...DEPLOYMENT_DEFAULTS,
    source: { kind: 'folder', folder: places.built, digest: await serviceDigest(places.built) },
    connection,
    ca: connection.caFile === undefined ? undefined : await readFile(connection.caFile, 'utf8'),
    private: true,
    max: 1,
    limitMs: DEPLOY_LIMIT_MS,
  };
}

const missing = (message: string): Problem => new Problem('out_of_reach', { message });
