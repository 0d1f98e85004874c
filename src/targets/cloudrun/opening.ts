/** Opens a proven service to the public, by the way that the organisation allows. */
import { ensure } from '../../plan/ensure.ts';
import type { Way } from './access.ts';
import { Problem } from '../../problem.ts';
import type { Course } from './cloudrun.ts';
import { classify } from './failures.ts';
import { accessPlan } from './release.ts';
import { urlOf } from './service.ts';
import type { CloudRunSettings } from './settings.ts';
import type { ServiceState } from './state.ts';

/** Titles of the steps that changed something. Throws a Problem when it stays closed: gcloud alone would not tell. */
export async function openService(
  settings: CloudRunSettings,
  state: ServiceState,
  course: Course,
): Promise<readonly string[]> {
  const ways: readonly Way[] = state.openness === 'binding' ? ['binding'] : ['unchecked', 'binding'];
  const url = urlOf(state.service);
  const refusals: Problem[] = [];
  for (const way of ways) {
    const { systems, working, explain } = course;
    try {
      return await ensure(accessPlan(settings, state, url, way), systems, working, { explain });
    } catch (error) {
      if (!(error instanceof Problem) || !['system_failed', 'timeout'].includes(error.code)) throw error;
      refusals.push(error);
      if (error.code === 'timeout') break;
    }
  }
  throw staysClosed(settings, url, refusals);
}

function staysClosed({ service, project }: CloudRunSettings, url: string, refusals: readonly Problem[]): Problem {
  const said = refusals.map(({ message }) => message).join('\n');
  const rule = classify(said);
  return new Problem('not_permitted', {
    message: `The service runs at ${url} and passed its smoke test, but it stays closed to the public.\n${rule?.words ?? said}`,
    hint:
      `Leave it so, for those with roles/run.invoker: redisdemo deploy cloudrun --private   Or ask who may change that in ${project}. ` +
      `Take it away: redisdemo destroy cloudrun --service ${service}`,
    details: { url, failure: rule?.name ?? null, said },
  });
}
