import { readFile } from 'node:fs/promises';
import type { Invocation } from '../../../command/invocation.ts';
import type { Values } from '../../../command/setting.ts';
import type { Connection } from '../../../connection.ts';
import { serviceDigest } from '../../../image.ts';
import { Problem, together } from '../../../problem.ts';
import type { StartOptions } from '../../../stage/database-work.ts';
import { projectOf, readClient, regionOf } from '../google/client.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { checkNetwork } from '../preflight/address.ts';
import { checkAuthority } from '../release/variables.ts';
import { checkLimits } from '../service/limits.ts';
import { DEPLOY_LIMIT_MS, type CloudRunSettings } from '../service/settings.ts';
import { readVariables } from './given-variables.ts';
import type { cloudRunPlaceSettings, deploymentSettings } from './options.ts';

export type PlaceValues = Values<typeof cloudRunPlaceSettings>;
export type DeploymentValues = PlaceValues & Values<typeof deploymentSettings> & StartOptions;

/** Throws a Problem when neither the options nor gcloud name a project. */
export async function placeOf(values: PlaceValues, invocation: Invocation): Promise<CloudRunPlace> {
  const place = await foundPlace(values, invocation);
  if (place !== undefined) return place;
  throw new Problem('bad_usage', {
    message: 'A Google Cloud project is needed.',
    hint: 'Give --project ID, set REDISDEMO_PROJECT, or: gcloud config set project ID',
  });
}

/** undefined when no project is named anywhere. */
export async function foundPlace(
  { project, region, service }: PlaceValues,
  { systems, signal }: Pick<Invocation, 'systems' | 'signal'>,
): Promise<CloudRunPlace | undefined> {
  if (project !== undefined && region !== undefined) return { project, region, service };
  const client = await readClient(systems, signal);
  const found = project ?? projectOf(client);
  return found === undefined ? undefined : { project: found, region: region ?? regionOf(client), service };
}

export async function cloudRunOf(
  values: DeploymentValues,
  connect: () => Promise<Connection | undefined>,
  invocation: Invocation,
): Promise<CloudRunSettings> {
  const { places, systems, report } = invocation;
  const { memory, cpu, concurrency, requestTimeout: timeoutS } = values;
  const limits = { memory, cpu, concurrency, timeoutS };
  const [place, connection, variables] = await all([
    checkedPlace(values, invocation),
    connect(),
    readVariables(values, systems, report),
    Promise.resolve(limits).then(checkLimits),
  ]);
  const ca = connection?.caFile === undefined ? undefined : await readFile(connection.caFile, 'utf8');
  checkAuthority(ca ?? connection?.ca);
  const source =
    values.image === undefined
      ? ({ kind: 'folder', folder: places.built, digest: await serviceDigest(places.built) } as const)
      : ({ kind: 'image', image: values.image } as const);
  const {
    private: isPrivate,
    min,
    max,
    ingress,
    promote,
    serviceAccount,
    buildServiceAccount,
    network,
    subnet,
  } = values;
  return {
    ...place,
    ...{ source, connection, ca, private: isPrivate, min, max, limits, variables, ingress, promote },
    ...{ serviceAccount, buildServiceAccount, network, subnet },
    labels: values.labels ?? {},
    buildRegion: source.kind === 'image' || values.buildRegion === place.region ? undefined : values.buildRegion,
    limitMs: values.timeout ?? DEPLOY_LIMIT_MS,
    force: values.force ? new Date().toISOString() : undefined,
  };
}

async function checkedPlace(values: DeploymentValues, invocation: Invocation): Promise<CloudRunPlace> {
  const place = await placeOf(values, invocation);
  checkNetwork({ ...values, region: place.region });
  return place;
}

/** Reports all problems at once. */
async function all<T extends readonly unknown[]>(promises: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const results = await Promise.allSettled(promises as readonly Promise<unknown>[]);
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const problems = reasons.filter((reason) => reason instanceof Problem);
  if (problems.length > 1) throw together(problems);
  return await Promise.all(promises);
}
