import type { Api } from '../../../plan/call.ts';
import type { EnterpriseSettings } from '../settings.ts';

/** A cluster that exists: in containers that redisdemo made, or at any address. */
export interface Cluster {
  readonly api: Api;
  /** In the names of its files. */
  readonly name: string;
  /** Of the containers, when redisdemo made them. */
  readonly own?: EnterpriseSettings;
}
