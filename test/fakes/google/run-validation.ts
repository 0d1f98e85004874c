/**
 * What a service may not be.
 *
 * Where each belief comes from:
 * - "Permission 'iam.serviceaccounts.actAs' denied on service account … (or it may not exist).":
 *   cloud.google.com/run/docs/troubleshooting.
 * - "Max instances must be set to … or fewer in order to set the requested total CPU.": googlecodelabs/feedback#1856,
 *   jspsych/datapipe#238.
 * - a tag and the name together: PolicyEngine/policyengine-api#3729, solana-foundation/tokens#89.
 * - the form of the constraint on ingress: that of another annotation in firebase/firebase-tools#7723.
 * - a disabled account: cloud.google.com/iam/docs/service-accounts-disable-enable; the text is made up.
 * - reserved variables: cloud.google.com/run/docs/configuring/services/environment-variables.
 * - "Violation in … env[N].value: length cannot exceed 32768.": mozilla/bugbug#6233.
 * - limits: run-limits.ts. Ingress values: cloud.google.com/run/docs/securing/ingress. Labels:
 *   cloud.google.com/run/docs/configuring/labels. The texts are made up.
 * - run.googleapis.com/invoker-iam-disabled: gcloud 528, api_lib/run; that it needs setIamPolicy and that
 *   run.managed.requireInvokerIam forbids it: cloud.google.com/run/docs/securing/managing-access; the texts are made up.
 */
import { Refusal } from './exchange.ts';
import { permissionDenied } from './gate.ts';
import { refuseLimits } from './run-limits.ts';
import type { Iam } from './iam.ts';
import type { Labels, ServiceRequest } from './knative.ts';
import { computeAccount, type Project } from './project.ts';

/** gcloud writes `True` with a capital letter. */
export function isInvokerOff(annotations: Labels | undefined): boolean {
  return annotations?.['run.googleapis.com/invoker-iam-disabled']?.toLowerCase() === 'true';
}

export function validate(
  { metadata, spec }: ServiceRequest,
  { project, iam }: { readonly project: Project; readonly iam: Iam },
): void {
  const { template, traffic = [] } = spec;
  const account = template.spec.serviceAccountName ?? computeAccount(project);
  if (project.denied.has('iam.serviceAccounts.actAs') || !iam.exists(account)) {
    const message = `Permission 'iam.serviceaccounts.actAs' denied on service account ${account} (or it may not exist).`;
    throw new Refusal('PERMISSION_DENIED', message);
  }
  const reserved = (template.spec.containers[0]?.env ?? [])
    .map(({ name }) => name)
    .filter((name) => /^(PORT|K_\w+)$/.test(name));
  if (reserved.length > 0) {
    const message = `spec.template.spec.containers[0].env: The following reserved env names were provided: ${reserved.join(', ')}. These values are automatically set by the system.`;
    throw new Refusal('INVALID_ARGUMENT', message);
  }
  const tooLong = (template.spec.containers[0]?.env ?? []).findIndex(
    ({ value = '' }) => Buffer.byteLength(value) > 32_768,
  );
  if (tooLong >= 0) {
    const message = `Violation in CreateServiceRequest.service.template.containers[0].env[${String(tooLong)}].value: length cannot exceed 32768.`;
    throw new Refusal('INVALID_ARGUMENT', message);
  }
  refuseTooMany({ metadata, spec }, project.maxInstances);
  if (project.disabledAccounts.has(account)) {
    throw new Refusal('FAILED_PRECONDITION', `Service account ${account} is disabled.`);
  }
  const long = traffic.find(({ tag = '' }) => tag.length > 0 && tag.length + metadata.name.length > 46)?.tag;
  if (long !== undefined) {
    const message = `spec.traffic.tag: traffic tag '${long}' and service name '${metadata.name}' together are too long. Combined traffic tag and service name cannot exceed 46 characters.`;
    throw new Refusal('INVALID_ARGUMENT', message);
  }
  const ingress = metadata.annotations?.['run.googleapis.com/ingress'] ?? 'all';
  if (project.constraints.has('run.allowedIngress') && ingress === 'all') {
    const message = `Constraint constraints/run.allowedIngress violated for attempting CreateService with annotation "run.googleapis.com/ingress" set to ${ingress}. See https://cloud.google.com/resource-manager/docs/organization-policy/org-policy-constraints for more information.`;
    throw new Refusal('FAILED_PRECONDITION', message);
  }
  refuseLimits(template);
  refuseIngress(metadata.annotations);
  refuseLabels({ ...metadata.labels, ...template.metadata?.labels });
  const percent = traffic.reduce((sum, target) => sum + (target.percent ?? 0), 0);
  if (traffic.length > 0 && percent !== 100) {
    throw new Refusal('INVALID_ARGUMENT', 'spec.traffic: The sum of all percents must be 100.');
  }
  if (!isInvokerOff(metadata.annotations)) return;
  if (project.denied.has('run.services.setIamPolicy')) {
    throw permissionDenied('run.services.setIamPolicy', `namespaces/${project.id}/services/${metadata.name}`);
  }
  if (!project.constraints.has('run.managed.requireInvokerIam')) return;
  const message = `Operation denied by org policy on resource 'projects/${project.id}': ["constraints/run.managed.requireInvokerIam": "The IAM invoker check of Cloud Run services may not be disabled."].`;
  throw new Refusal('FAILED_PRECONDITION', message);
}

function refuseIngress(annotations: Labels = {}): void {
  const ingress = annotations['run.googleapis.com/ingress'] ?? 'all';
  if (['all', 'internal', 'internal-and-cloud-load-balancing'].includes(ingress)) return;
  throw new Refusal(
    'INVALID_ARGUMENT',
    `metadata.annotations[run.googleapis.com/ingress]: Invalid ingress '${ingress}'.`,
  );
}

function refuseLabels(labels: Labels): void {
  for (const [key, value] of Object.entries(labels)) {
    if (/^[a-z][a-z0-9_-]{0,62}$/.test(key.split('/').at(-1) ?? '') && /^[a-z0-9_-]{0,63}$/.test(value)) continue;
    throw new Refusal('INVALID_ARGUMENT', `metadata.labels: Invalid label '${key}'.`);
  }
  if (Object.keys(labels).length > 64) throw new Refusal('INVALID_ARGUMENT', 'metadata.labels: More than 64 labels.');
}

function refuseTooMany({ metadata, spec }: ServiceRequest, allowed: number): void {
  const field = 'spec.template.metadata.annotations[autoscaling.knative.dev/maxScale]';
  const wanted = [
    metadata.annotations?.['run.googleapis.com/maxScale'],
    spec.template.metadata?.annotations?.['autoscaling.knative.dev/maxScale'],
  ].map((value) => Number(value ?? 0));
  if (wanted.every((count) => count <= allowed)) return;
  const message = `${field}: Max instances must be set to ${String(allowed)} or fewer in order to set the requested total CPU.`;
  throw new Refusal(
    'INVALID_ARGUMENT',
    `${message}\n\nQuota violated:\nCpuAllocPerProjectRegion requested: ${String(Math.max(...wanted) * 1000)} allowed: ${String(allowed * 1000)}`,
  );
}
