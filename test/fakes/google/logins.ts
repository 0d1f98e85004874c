/**
 * gcloud's configuration folder, as `gcloud auth login` or `activate-service-account` leaves it; written here instead,
 * because each call of gcloud costs half a second.
 *
 * Source: gcloud 528, core/credentials/creds.py: the table `credentials` of credentials.db and what ToJsonGoogleAuth()
 * puts into it; core/configurations/named_configs.py: `active_config` and configurations/config_default, an INI file
 * with the properties that `gcloud config set` writes.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GCLOUD_CLIENT } from './tokens.ts';

/** `token`: no account, only CLOUDSDK_AUTH_ACCESS_TOKEN. */
export type Login = 'user' | 'service account' | 'token' | 'none';

interface LoginPlace {
  /** The folder that holds the folders. */
  readonly dir: string;
  readonly proxyPort: number;
  readonly caFile: string;
  readonly projectId: string;
}

const REFRESH_TOKEN = '1//stand-in';
const TOKEN_URI = 'https://oauth2.googleapis.com/token';
let privateKey: string | undefined;

export function accountOf(login: 'user' | 'service account', projectId: string): string {
  return login === 'user' ? 'dev@example.com' : `deployer@${projectId}.iam.gserviceaccount.com`;
}

export function refreshTokens(projectId: string): ReadonlyMap<string, string> {
  return new Map([[REFRESH_TOKEN, accountOf('user', projectId)]]);
}

/** A new folder for CLOUDSDK_CONFIG. */
export async function writeConfiguration(login: Login, place: LoginPlace): Promise<string> {
  const folder = await mkdtemp(join(place.dir, 'gcloud-'));
  const account = login === 'user' || login === 'service account' ? accountOf(login, place.projectId) : undefined;
  await mkdir(join(folder, 'configurations'));
  await writeFile(join(folder, 'active_config'), 'default');
  await writeFile(join(folder, 'configurations', 'config_default'), properties(account, place));
  if (account !== undefined) {
    storeCredentials(join(folder, 'credentials.db'), account, credentialsOf(login, account, place));
  }
  return folder;
}

/**
 * Without check_gce_metadata=false gcloud looks for a metadata server on the network. The rest keeps it from asking and
 * telling Google about itself.
 */
function properties(account: string | undefined, { proxyPort, caFile }: LoginPlace): string {
  return [
    '[core]',
    ...(account === undefined ? [] : [`account = ${account}`]),
    `custom_ca_certs_file = ${caFile}`,
    'check_gce_metadata = false',
    'disable_usage_reporting = true',
    '[proxy]',
    'type = http',
    'address = 127.0.0.1',
    `port = ${String(proxyPort)}`,
    '[component_manager]',
    'disable_update_check = true',
    '[survey]',
    'disable_prompts = true',
    '',
  ].join('\n');
}

function credentialsOf(login: Login, account: string, { projectId }: LoginPlace): unknown {
  if (login === 'user') {
    return {
      type: 'authorized_user',
      client_id: GCLOUD_CLIENT,
      client_secret: 'stand-in',
      refresh_token: REFRESH_TOKEN,
      revoke_uri: 'https://oauth2.googleapis.com/revoke',
      scopes: ['openid', 'https://www.googleapis.com/auth/cloud-platform'],
      token_uri: TOKEN_URI,
      universe_domain: 'googleapis.com',
    };
  }
  return {
    type: 'service_account',
    client_email: account,
    private_key_id: 'stand-in',
    private_key: anyPrivateKey(),
    client_id: '1',
    token_uri: TOKEN_URI,
    project_id: projectId,
    universe_domain: 'googleapis.com',
  };
}

/** One for all: to make a key takes longer than a login. */
function anyPrivateKey(): string {
  privateKey ??= String(
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  );
  return privateKey;
}

function storeCredentials(file: string, account: string, credentials: unknown): void {
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE "credentials" (account_id TEXT PRIMARY KEY, value BLOB)');
  database.prepare('INSERT INTO "credentials" VALUES (?, ?)').run(account, JSON.stringify(credentials));
  database.close();
}
