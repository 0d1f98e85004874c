/** What a Redis Enterprise cluster of ours is made of, and where its parts are. */
import type { Home } from '../../home.ts';
import { passwordAction } from '../../plan/action.ts';
import type { Api } from '../../plan/call.ts';
import type { Step } from '../../plan/plan.ts';
import { commandLine, unusualFlags } from '../../script/shell.ts';

export interface EnterpriseSettings {
  readonly image: string;
  readonly nodes: number;
  /** Of the database, here and in the containers: cluster clients are redirected to it. */
  readonly port: number;
  /** Of the REST API here; node 2 has the next one, and so on. 9443 in the containers. */
  readonly apiPort: number;
  /** Of the web interface here; 8443 in the containers. */
  readonly uiPort: number;
}

export const ENTERPRISE_DEFAULTS: EnterpriseSettings = {
  image: 'redislabs/redis',
  nodes: 1,
  port: 12_000,
  apiPort: 9443,
  uiPort: 8443,
};

/** The command that starts it with these settings: of others than it has, its containers are a conflict. */
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

/** A cluster that exists: in containers that redisdemo made, or at any address. */
export interface Cluster {
  readonly api: Api;
  /** In the names of its files. */
  readonly name: string;
  /** Of the containers, when redisdemo made them. */
  readonly own?: EnterpriseSettings;
}

/** The variables of the flags. */
export const VARIABLES = {
  image: 'REDISDEMO_ENTERPRISE_IMAGE',
  port: 'REDISDEMO_ENTERPRISE_PORT',
  apiPort: 'REDISDEMO_ENTERPRISE_API_PORT',
  uiPort: 'REDISDEMO_ENTERPRISE_UI_PORT',
  url: 'REDISDEMO_ENTERPRISE_URL',
  username: 'REDISDEMO_ENTERPRISE_USER',
  passwordFile: 'REDISDEMO_ENTERPRISE_PASSWORD_FILE',
} as const;

export const STAGE = 'enterprise';
/** Of the database that the stage creates on its cluster. */
export const BDB_NAME = 'redisdemo';
export const CLUSTER_NAME = 'redisdemo.local';
export const ADMIN = 'admin@redisdemo.local';
/** All nodes answer to it on the private network: what asks for it again after a failure finds a live one. */
export const ALIAS = 'redisdemo-enterprise';
export const API_PORT = 9443;
export const UI_PORT = 8443;

/** Counted from 1. */
export const nodeName = (node: number): string => `${ALIAS}-${String(node)}`;

/** The generated password of the cluster in containers. */
export const adminPassword = (home: Home) => ({ file: home.secret('enterprise-admin-password') });

/** Of the user of the service. */
export const appPassword = (home: Home) => ({ file: home.secret('enterprise-app-password') });

/** Of a database. A name of one has no dot, so nothing else has this file. @param cluster in the names of its files */
export const bdbPassword = (home: Home, name = BDB_NAME, cluster = STAGE) => ({
  file: home.secret(`${cluster}.${name}-password`),
});

/** @param owner in words: whose password it is @param given a file with the password; absent: it is generated */
export function passwordStep(id: string, owner: string, { file }: { readonly file: string }, given?: string): Step {
  return { id, title: `make the password of ${owner}`, action: passwordAction(file, given) };
}

/** The REST API of one of our own nodes: its certificate is the one that lies in the container. */
export function nodeApi(node: number, { apiPort }: Pick<EnterpriseSettings, 'apiPort'>, home: Home): Api {
  return {
    url: `https://127.0.0.1:${String(apiPort + node - 1)}`,
    user: ADMIN,
    password: adminPassword(home),
    trust: { kind: 'pinned', file: home.certificate(nodeName(node)) },
  };
}
