import type { Invocation } from '../../command/invocation.ts';
import type { OpenedAccess } from '../../stage/target-work.ts';
import { identityIfAsked } from './google/identity.ts';
import { googleHttp } from './google/way.ts';

/**
 * How a service on Cloud Run is called from here. What keeps gcloud from Google's hosts without its proxy keeps this machine
 * from services on Cloud Run, too.
 */
export async function openAccess(
  values: { readonly url: string; readonly project: string | undefined },
  { systems: direct, report, signal }: Invocation,
): Promise<OpenedAccess> {
  const systems = { ...direct, http: await googleHttp(direct, signal) };
  const authorization = await identityIfAsked(values, systems, { report, signal });
  return {
    systems,
    authorization,
    advice: authorization
      ? "The service is private. gcloud's login needs roles/run.invoker on it; see which login that is: gcloud auth list"
      : 'See which address the service has, and what it does: redisdemo deploy status',
  };
}
