import type { Home } from '../../home.ts';
import { passwordAction } from '../../plan/action.ts';
import type { Api } from '../../plan/call.ts';
import type { Step } from '../../plan/plan.ts';
import { commandLine, unusualFlags } from '../../script/shell.ts';

export interface EnterpriseSettings {
  readonly image: string;
  readonly nodes: number;
  /** The same here and in the containers: cluster clients are redirected to it. */
  readonly port: number;
  /** Port of the REST API on this machine; node 2 has the next one, and so on. 9443 in the containers. */
  readonly apiPort: number;
  /** Port of the web interface on this machine; 8443 in the containers. */
  readonly uiPort: number;
}

export const ENTERPRISE_DEFAULTS: EnterpriseSettings = {
  image: 'redislabs/redis',
  nodes: 1,
  port: 12_000,
  apiPort: 9443,
  uiPort: 8443,
};

/** The `up` command with these settings: with others, the existing containers are a conflict. */
export function enterpriseUpLine({ image, nodes, port, apiPort, uiPort }: EnterpriseSettings): string {
  const usual = ENTERPRISE_DEFAULTS;
  const flags = unusualFlags({
    '--image': [image, usual.image],
    '--nodes': [nodes, usual.nodes],
    '--port': [port, usual.port],
    '--api-port': [apiPort, usual.apiPort],
    '--ui-port': [uiPort, usual.uiPort],
  });
  return commandLine(['redisdemo', 'enterprise', 'up', ...flags]);
}

/** An existing cluster: in redisdemo's containers, or at any address. */
export interface Cluster {
  readonly api: Api;
  /** Part of the names of its files. */
  readonly name: string;
  /** Only when redisdemo made its containers. */
  readonly own?: EnterpriseSettings;
}

export const STAGE = 'enterprise';
export const BDB_NAME = 'redisdemo';
export const CLUSTER_NAME = 'redisdemo.local';
export const ADMIN = 'admin@redisdemo.local';
/** All nodes answer to it on the private network: after a failure, a new lookup finds a live one. */
export const ALIAS = 'redisdemo-enterprise';
export const API_PORT = 9443;
export const UI_PORT = 8443;

/** Counted from 1. */
export const nodeName = (node: number): string => `${ALIAS}-${String(node)}`;

export const adminPassword = (home: Home) => ({ file: home.secret('enterprise-admin-password') });

export const appPassword = (home: Home) => ({ file: home.secret('enterprise-app-password') });

/** A database name has no dot, so the file name is unique. @param cluster its name, as in {@link Cluster} */
export const bdbPassword = (home: Home, name = BDB_NAME, cluster = STAGE) => ({
  file: home.secret(`${cluster}.${name}-password`),
});

/** @param owner for the title @param given a file with the password; absent: it is generated */
export function passwordStep(id: string, owner: string, { file }: { readonly file: string }, given?: string): Step {
  return { id, title: `make the password of ${owner}`, action: passwordAction(file, given) };
}

/** The certificate is read from the container. */
export function nodeApi(node: number, { apiPort }: Pick<EnterpriseSettings, 'apiPort'>, home: Home): Api {
  return {
    url: `https://127.0.0.1:${String(apiPort + node - 1)}`,
    user: ADMIN,
    password: adminPassword(home),
    trust: { kind: 'pinned', file: home.certificate(nodeName(node)) },
  };
}
