import { createdTitles, hasCreated } from '../../../plan/results.ts';
import { DEPLOY } from '../release/deploy-step.ts';
import { line, type Line, type Result } from '../../../report.ts';
import { smokeResult } from '../../../smoke/result.ts';
import { printable, release, type Released } from '../release/cloudrun.ts';
import type { ReleaseContext } from '../release/context.ts';
import { commandFor } from '../place/commands.ts';
import { idleCost } from '../service/cost.ts';
import type { CloudRunSettings } from '../service/settings.ts';
import { curlLine } from '../release/proof.ts';
import { cloudRunOf } from './place.ts';
import type { cloudRunSettings } from './options.ts';
import type { planSettings } from '../../../command/docker-options.ts';
import type { Invocation } from '../../../command/invocation.ts';
import type { Values } from '../../../command/setting.ts';
import { scriptResult } from '../../../command/plans.ts';

type DeployValues = Values<typeof cloudRunSettings & typeof planSettings>;

export async function deployCloudRun(values: DeployValues, invocation: Invocation): Promise<void> {
  const settings = await cloudRunOf(values, invocation);
  const context = releaseContext(values, invocation);
  if (values.print) {
    invocation.finish(scriptResult(await printable(settings, context)));
    return;
  }
  const released = await release(settings, context);
  invocation.finish(releasedResult(settings, released));
}

export function releaseContext(
  { explain, yes = false }: { readonly explain: boolean; readonly yes?: boolean },
  { systems, report, signal, places, confirm }: Invocation,
): ReleaseContext {
  return {
    systems,
    working: { report, signal },
    home: places.home,
    explain,
    yes,
    confirm: (question, flag) => {
      if (!yes) return confirm(question, flag);
      report.say(`${question} --yes`, 'note');
      return Promise.resolve(true);
    },
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

/** The first thing that a person wants to do with it. */
function callLines({ service, project, region }: CloudRunSettings, released: Released): Line[] {
  const { url, candidate = url, client, private: isPrivate } = released;
  const caller = isPrivate ? { client, audience: url } : undefined;
  const proxy = `gcloud run services proxy ${service} --project=${project} --region=${region}`;
  return [
    line(`Call it: ${curlLine('curl', `${candidate}/users/1`, caller)}`),
    line(isPrivate ? `Its page: ${proxy}   then http://127.0.0.1:8080/docs` : `Its page: ${candidate}/docs`),
  ];
}
