import type { Systems } from '../../plan/systems.ts';
import { gcloud } from './gcloud.ts';

/** The project that gcloud is set to; undefined when it is set to none. */
export async function configuredProject({ calls }: Systems, signal: AbortSignal): Promise<string | undefined> {
  const answer = await calls.ask({ call: gcloud(['config', 'get', 'project']), select: '.' }, signal);
  return answer.kind === 'ok' && typeof answer.value === 'string' ? answer.value : undefined;
}
