/**
 * Through gcloud's proxy, with its authority: https://cloud.google.com/sdk/docs/proxy-settings,
 * https://cloud.google.com/sdk/docs/properties
 */
import type { ProxyChoice, Trust, Way } from '../../../plan/call.ts';
import type { Http, Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import { clientOf, INFO, readClient, type Client } from './client.ts';

/** undefined where only gcloud itself can go: another endpoint, a client certificate, a proxy of another kind. */
export function wayTo(url: string, client: Pick<Client, 'property'>): Way | undefined {
  const { property } = client;
  if (property('api_endpoint_overrides', apiOf(url)) !== undefined) return undefined;
  if (property('context_aware', 'use_client_certificate')?.toLowerCase() === 'true') return undefined;
  if ((property('core', 'universe_domain') ?? 'googleapis.com') !== 'googleapis.com') return undefined;
  const proxy = proxyOf(client);
  if (proxy === undefined) return undefined;
  return { ...proxy, ...trustOf(client) };
}

export const WAY = {
  call: INFO,
  read: (printed: string, url: string): Way | undefined => wayTo(url, clientOf(printed)),
};

/** HTTP that goes gcloud's way to Google's own hosts, and to services on Cloud Run: what blocks one blocks the other. */
export async function googleHttp(systems: Pick<Systems, 'calls' | 'http'>, signal: AbortSignal): Promise<Http> {
  const client = await readClient(systems, signal).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'command_missing') return undefined;
    throw error;
  });
  if (!client) return systems.http;
  return { send: (request, until) => systems.http.send({ ...wayTo(request.url, client), ...request }, until) };
}

/** `run` for https://europe-west1-run.googleapis.com: gcloud puts the region in front of an override, too. */
function apiOf(url: string): string {
  const [host = ''] = new URL(url).hostname.split('.');
  return host.endsWith('-run') ? 'run' : host;
}

/** Empty where gcloud names no proxy: then the environment decides, for gcloud as well (HTTPS_PROXY). */
function proxyOf({ property }: Pick<Client, 'property'>): { readonly proxy?: ProxyChoice } | undefined {
  const [type, address, port, user, password] = ['type', 'address', 'port', 'username', 'password'].map((name) =>
    property('proxy', name),
  );
  if (type === undefined && address === undefined && port === undefined) return {};
  const resolves = property('proxy', 'rdns')?.toLowerCase() === 'false' ? 'socks5' : 'socks5h';
  const scheme = type === 'http' ? 'http' : type === 'socks5' ? resolves : undefined;
  if (scheme === undefined || address === undefined || port === undefined) return undefined;
  const login = user === undefined ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password ?? '')}@`;
  const host = address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
  return { proxy: { url: `${scheme}://${login}${host}:${port}`, source: "gcloud's proxy/address" } };
}

function trustOf({ property }: Pick<Client, 'property'>): { readonly trust?: Trust } {
  if (property('auth', 'disable_ssl_validation')?.toLowerCase() === 'true') return { trust: { kind: 'insecure' } };
  const file = property('core', 'custom_ca_certs_file');
  return file === undefined ? {} : { trust: { kind: 'authority', file } };
}
