/**
 * The variables of a revision, with the values of its secrets, which its account must be allowed to read.
 *
 * Source: "Permission denied on secret: …": terraform-docs-samples#168; "Secret … was not found": mindset-ai/memex-ai#518.
 * The reason SecretsAccessCheckFailed is made up.
 */
import type { Failure } from './knative.ts';
import { computeAccount } from './project.ts';
import { containerOf, type Revision, type RevisionSystems } from './revision.ts';

export function resolveEnv(
  revision: Revision,
  { project, secrets }: RevisionSystems,
): { values: Record<string, string> } | Failure {
  const account = revision.template.spec.serviceAccountName ?? computeAccount(project);
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const [at, { name, value = '', valueFrom }] of (containerOf(revision).env ?? []).entries()) {
    const secret = valueFrom?.secretKeyRef;
    const found = secret && secrets.value(secret.name, secret.key);
    values[name] = secret ? (found?.toString() ?? '') : value;
    if (!secret) continue;
    const path = `projects/${project.number}/secrets/${secret.name}/versions/${secret.key}`;
    const field = `spec.template.spec.containers[0].env[${String(at)}].value_from.secret_key_ref.name`;
    if (!secrets.mayRead(secret.name, account)) {
      problems.push(
        `${field}: Permission denied on secret: ${path} for Revision service account ${account}. The service account used must be granted the 'Secret Manager Secret Accessor' role (roles/secretmanager.secretAccessor) at the secret, project or higher level.`,
      );
    } else if (!found) problems.push(`${field}: Secret ${path} was not found`);
  }
  return problems.length === 0 ? { values } : { reason: 'SecretsAccessCheckFailed', message: problems.join('\n') };
}
