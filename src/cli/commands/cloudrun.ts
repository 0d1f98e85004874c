import { line, type Line, type Result } from '../../report.ts';
import { smokeResult } from '../../smoke/result.ts';
import { printable, release, type Course, type Released } from '../../targets/cloudrun/cloudrun.ts';
import { idleCost } from '../../targets/cloudrun/cost.ts';
import type { CloudRunSettings } from '../../targets/cloudrun/settings.ts';
import { destroyCommandFor } from '../../targets/cloudrun/status.ts';
import { cloudRunOf } from '../cloudrun.ts';
import type { cloudRunSettings } from '../cloudrun-options.ts';
import type { planSettings } from '../docker-options.ts';
import type { Invocation } from '../invocation.ts';
import type { Values } from '../setting.ts';
import { scriptResult } from './plans.ts';

type DeployValues = Values<typeof cloudRunSettings & typeof planSettings>;

export async function deployCloudRun(values: DeployValues, invocation: Invocation): Promise<void> {
  const settings = await cloudRunOf(values, invocation);
  const course = courseOf(values, invocation);
  if (values.print) {
    invocation.finish(scriptResult(await printable(settings, course)));
    return;
  }
  const released = await release(settings, course);
  invocation.finish(releasedResult(settings, released));
}

export function courseOf(
  { explain, yes = false }: { readonly explain: boolean; readonly yes?: boolean },
  { systems, report, signal, places, confirm }: Invocation,
): Course {
  return {
    systems,
    working: { report, signal },
    home: places.home,
    explain,
    confirm: (question, flag) => {
      if (!yes) return confirm(question, flag);
      report.say(`${question} --yes`, 'note');
      return Promise.resolve(true);
    },
  };
}

function releasedResult(settings: CloudRunSettings, { url, revision, created, smoke }: Released): Result {
  const isNew = created.some((title) => title.startsWith('deploy '));
  const cost = idleCost(settings.min);
  const destroy = destroyCommandFor(settings);
  const view: Line[] = [
    line(
      isNew
        ? `Deployed: ${url} (${revision})`
        : created.length > 0
          ? `Released: ${url} (${revision})`
          : `Up to date: ${url} (${revision}). --force deploys it all the same.`,
      'good',
    ),
    ...(settings.private ? [line('Private: call it with a token of gcloud auth print-identity-token')] : []),
    line(cost.charAt(0).toUpperCase() + cost.slice(1)),
    line(`Take it away: ${destroy}`),
  ];
  const data = {
    url,
    revision,
    upToDate: !isNew,
    private: settings.private,
    created,
    cost,
    destroy,
    smoke: smoke ?? null,
  };
  return { data, view: [...(smoke ? smokeResult(smoke).view : []), ...view] };
}
