/**
 * Access and identity tokens.
 *
 * Where each belief comes from:
 * - the grants `refresh_token` and `urn:ietf:params:oauth:grant-type:jwt-bearer`, and `target_audience` in the
 *   assertion of a service account that wants an identity token: developers.google.com/identity/protocols/oauth2,
 *   RFC 6749, RFC 7523; the real gcloud 528 sends both.
 * - a user's identity token has gcloud's own client id as its audience: cloud.google.com/run/docs/authenticating/developers.
 * - a login that was withdrawn: 400 `invalid_grant`, RFC 6749, 5.2; "Token has been expired or revoked." is the usual text.
 */
import { randomBytes } from 'node:crypto';
import { jsonReply, type Route, type RoutedCall } from './exchange.ts';

export const GCLOUD_CLIENT = '32555940559.apps.googleusercontent.com';
const LIFETIME_S = 3600;

export interface Identity {
  readonly account: string;
  readonly audience: string;
}

export interface Tokens {
  readonly accountOf: (accessToken: string) => string | undefined;
  readonly identityOf: (identityToken: string) => Identity | undefined;
  /** Without a login: what a test puts into CLOUDSDK_AUTH_ACCESS_TOKEN, and calls with itself. */
  readonly issueAccess: (account: string) => string;
  readonly issueIdentity: (account: string, audience: string) => string;
  /** From now on no token is valid and no login gives a new one. */
  readonly revokeAll: () => void;
  readonly routes: readonly Route[];
}

export function createTokens(refreshTokens: ReadonlyMap<string, string>): Tokens {
  const access = new Map<string, string>();
  const identities = new Map<string, Identity>();
  let revoked = false;
  const issueAccess = (account: string): string => {
    const token = `ya29.${randomBytes(24).toString('base64url')}`;
    access.set(token, account);
    return token;
  };
  const issueIdentity = (account: string, audience: string): string => {
    const token = jwt({ iss: 'https://accounts.google.com', aud: audience, sub: account, email: account });
    identities.set(token, { account, audience });
    return token;
  };
  const grant = (call: RoutedCall): unknown => {
    const form = new URLSearchParams(call.body.toString());
    const asked = claims(form.get('assertion'));
    const account = asked?.iss ?? refreshTokens.get(form.get('refresh_token') ?? '');
    if (revoked || account === undefined) {
      return jsonReply({ error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }, 400);
    }
    if (asked?.target_audience !== undefined) return { id_token: issueIdentity(account, asked.target_audience) };
    return {
      access_token: issueAccess(account),
      id_token: issueIdentity(account, GCLOUD_CLIENT),
      expires_in: LIFETIME_S,
      token_type: 'Bearer',
      scope: 'openid https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/cloud-platform',
    };
  };
  return {
    accountOf: (token) => access.get(token),
    identityOf: (token) => identities.get(token),
    issueAccess,
    issueIdentity,
    revokeAll: () => {
      revoked = true;
      access.clear();
      identities.clear();
    },
    routes: [{ on: 'POST oauth2.googleapis.com/token', open: true, answer: grant }],
  };
}

interface Claims {
  readonly iss: string;
  readonly target_audience?: string;
}

/** Of the assertion that a service account signs; the signature is not looked at. */
function claims(assertion: string | null): Claims | undefined {
  if (assertion === null) return undefined;
  return JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString()) as Claims;
}

/** Three parts, as clients take it apart; nobody can check its signature. */
function jwt(content: Readonly<Record<string, string>>): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = {
    ...content,
    email_verified: true,
    iat: now,
    exp: now + LIFETIME_S,
    jti: randomBytes(8).toString('hex'),
  };
  return [part({ alg: 'RS256', typ: 'JWT' }), part(payload), randomBytes(32).toString('base64url')].join('.');
}
