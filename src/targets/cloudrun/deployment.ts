import type { Invocation } from '../../command/invocation.ts';
import { createdTitles, hasCreated } from '../../plan/results.ts';
import { line, type Line, type Result } from '../../report.ts';
import { smokeResult } from '../../smoke/result.ts';
import type { DeployRequest, Deployment } from '../../stage/target-work.ts';
import { cloudRunOf, type DeploymentValues } from './commands/place.ts';
import { commandFor } from './place/place.ts';
import { printable, release, type Released } from './release/cloudrun.ts';
import { releaseContext } from './release/context.ts';
import { DEPLOY } from './release/deploy-step.ts';
import { curlLine } from './release/proof.ts';
import { idleCost } from './service/limits.ts';
import type { CloudRunSettings } from './service/settings.ts';

export async function cloudRunDeployment(
  values: DeploymentValues,
  { connection }: DeployRequest,
  invocation: Invocation,
): Promise<Deployment> {
  const settings = await cloudRunOf(values, () => connection('internet'), invocation);
  const context = releaseContext(values, invocation);
  return {
    script: () => printable(settings, context),
    make: async () => ({ result: releasedResult(settings, await release(settings, context)) }),
  };
}

function releasedResult(settings: CloudRunSettings, released: Released): Result {
  const { url, revision, candidate, results, smoke } = released;
  const isNew = hasCreated(results, DEPLOY);
  const cost = idleCost(settings.min, settings.limits);
  const destroy = commandFor('destroy cloudrun', settings);
  const view: Line[] = [
    line(outcome(released, isNew), 'good'),
    ...(candidate === undefined
      ? []
      : [line(`Give it the traffic: ${commandFor('deploy promote cloudrun', settings)}`)]),
    ...callLines(settings, released),
    line(cost.charAt(0).toUpperCase() + cost.slice(1)),
    line(`Take it away: ${destroy}`),
  ];
  const data = {
    url,
    revision,
    candidate: candidate ?? null,
    promoted: candidate === undefined,
    upToDate: !isNew,
    private: released.private,
    docs: `${url}/docs`,
    created: createdTitles(results),
    cost,
    destroy,
    smoke: smoke ?? null,
  };
  return { data, view: [...(smoke ? smokeResult(smoke).view : []), ...view] };
}

function outcome({ url, revision, candidate, results }: Released, isNew: boolean): string {
  if (candidate !== undefined) return `Without traffic: ${candidate} (${revision})`;
  if (isNew) return `Deployed: ${url} (${revision})`;
  if (hasCreated(results)) return `Released: ${url} (${revision})`;
  return `Up to date: ${url} (${revision}). To deploy it anyway: --force`;
}

function callLines({ service, project, region }: CloudRunSettings, released: Released): Line[] {
  const { url, candidate = url, client, private: isPrivate } = released;
  const caller = isPrivate ? { client, audience: url } : undefined;
  const proxy = `gcloud run services proxy ${service} --project=${project} --region=${region}`;
  return [
    line(`Call it: ${curlLine('curl', `${candidate}/users/1`, caller)}`),
    line(isPrivate ? `Its page: ${proxy}   then http://127.0.0.1:8080/docs` : `Its page: ${candidate}/docs`),
  ];
}
