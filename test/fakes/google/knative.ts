/**
 * The resources of Cloud Run's v1 API, as far as they are read here: cloud.google.com/run/docs/reference/rest/v1, which
 * is Knative Serving's (knative.dev, "Serving API"), with annotations of its own.
 */
export type Labels = Readonly<Record<string, string>>;

export interface TrafficTarget {
  readonly revisionName?: string;
  readonly latestRevision?: boolean;
  readonly percent?: number;
  readonly tag?: string;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
}

export interface ContainerSpec {
  readonly name?: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly resources?: { readonly limits?: Labels };
  readonly startupProbe?: {
    readonly httpGet?: { readonly path?: string; readonly port?: number };
    readonly failureThreshold?: number;
  };
}

export interface Template {
  readonly metadata?: { readonly name?: string; readonly annotations?: Labels; readonly labels?: Labels };
  readonly spec: {
    readonly containers: readonly ContainerSpec[];
    readonly serviceAccountName?: string;
    readonly containerConcurrency?: number;
    readonly timeoutSeconds?: number;
  };
}

/** What a client sends. */
export interface ServiceRequest {
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Labels;
    readonly labels?: Labels;
    readonly resourceVersion?: string;
  };
  readonly spec: { readonly template: Template; readonly traffic?: readonly TrafficTarget[] };
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime: string;
}

export interface Failure {
  readonly reason: string;
  readonly message: string;
}

export function condition(type: string, state: 'True' | 'Unknown' | Failure, since: string): Condition {
  const status = typeof state === 'string' ? state : 'False';
  return { type, status, ...(typeof state === 'object' && state), lastTransitionTime: since };
}
