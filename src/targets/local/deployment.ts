import type { Invocation } from '../../command/invocation.ts';
import { serviceFile } from '../../places.ts';
import type { StartOptions } from '../../stage/database-work.ts';
import { planDeployment } from '../../stage/plan-deployment.ts';
import type { Deployment, DeployRequest } from '../../stage/target-work.ts';
import { localPlan, serviceProcess } from './background.ts';

export async function localDeployment(
  values: StartOptions & { readonly port: number },
  { connection, undo }: DeployRequest,
  invocation: Invocation,
): Promise<Deployment> {
  const { home, built } = invocation.places;
  const here = await connection('machine');
  const settings = { file: serviceFile(built), port: values.port, connection: here };
  const { url } = serviceProcess(settings, home);
  return planDeployment({ plan: localPlan(settings, home), url, connection: here }, { ...values, undo }, invocation);
}
