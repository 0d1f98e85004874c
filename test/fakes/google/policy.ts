/**
 * IAM policies of resources, and the routes to read and write one.
 *
 * Where each belief comes from:
 * - bindings of a role and its members; `etag` guards against a lost update, a stale one is ABORTED:
 *   cloud.google.com/iam/docs/reference/rest/v1/Policy.
 * - domain restricted sharing refuses `allUsers` with 400 FAILED_PRECONDITION in these words:
 *   LayerZero-Labs/gasolina-gcp#15, terraform-google-modules/terraform-example-foundation#1454.
 */
import { Refusal, type Json, type RoutedCall } from './exchange.ts';
import type { Project } from './project.ts';

export interface Binding {
  readonly role: string;
  readonly members: readonly string[];
}

export interface Policies {
  /** Of a resource, by any name of one's own; empty where none was set. */
  readonly bindings: (resource: string) => readonly Binding[];
  readonly has: (resource: string, role: string, member: string) => boolean;
  readonly read: (resource: string) => Json;
  readonly write: (resource: string, call: RoutedCall) => Json;
  readonly forget: (resource: string) => void;
}

export function createPolicies({ constraints }: Project): Policies {
  const policies = new Map<string, { version: number; bindings: readonly Binding[] }>();
  const read = (resource: string): Json => {
    const { version, bindings } = policies.get(resource) ?? { version: 0, bindings: [] };
    return { version: 1, etag: etag(version), ...(bindings.length > 0 && { bindings }) };
  };
  const bindings = (resource: string): readonly Binding[] => policies.get(resource)?.bindings ?? [];
  return {
    bindings,
    has: (resource, role, member) =>
      bindings(resource).some((binding) => binding.role === role && binding.members.includes(member)),
    read,
    write: (resource, { json }) => {
      const next = (json['policy'] ?? {}) as { etag?: string; bindings?: readonly Binding[] };
      const version = policies.get(resource)?.version ?? 0;
      if (next.etag !== undefined && next.etag !== etag(version)) {
        throw new Refusal('ABORTED', 'There were concurrent policy changes. Please retry the whole read-modify-write.');
      }
      const isPublic = next.bindings?.some(({ members }) => members.includes('allUsers')) ?? false;
      if (isPublic && constraints.has('iam.allowedPolicyMemberDomains')) throw notPermitted();
      policies.set(resource, { version: version + 1, bindings: next.bindings ?? [] });
      return read(resource);
    },
    forget: (resource) => policies.delete(resource),
  };
}

function etag(version: number): string {
  return Buffer.from(`policy ${String(version)}`).toString('base64');
}

function notPermitted(): Refusal {
  return new Refusal(
    'FAILED_PRECONDITION',
    'One or more users named in the policy do not belong to a permitted customer,  perhaps due to an organization policy.',
    [
      {
        '@type': 'type.googleapis.com/google.rpc.PreconditionFailure',
        violations: [
          {
            type: 'constraints/iam.allowedPolicyMemberDomains',
            subject: 'orgpolicy:projects/demo',
            description: 'User allUsers is not in permitted organization.',
          },
        ],
      },
    ],
  );
}
