/** The connections of the Insight stand-in. Where what it believes comes from is said in insight.ts. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { writeCommand } from '../resp.ts';

export interface Database {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

const PATIENCE_MS = 60_000;

export function preconfigured(env: Readonly<Record<string, string | undefined>>): Database[] {
  const file = env['RI_PRE_SETUP_DATABASES_PATH'];
  return [...fromVariables(env), ...(file === undefined ? [] : fromFile(file))];
}

/** A list of connections: getDatabasesFromJson in pre-setup.discovery.util.ts. */
function fromFile(file: string): Database[] {
  return JSON.parse(readFileSync(file, 'utf8')) as Database[];
}

function fromVariables(env: Readonly<Record<string, string | undefined>>): Database[] {
  const suffixes = Object.keys(env).flatMap((name) => /^RI_REDIS_HOST(.*)$/.exec(name)?.[1] ?? []);
  return suffixes.flatMap((suffix) => {
    const value = (name: string): string | undefined => env[`RI_REDIS_${name}${suffix}`];
    const host = value('HOST') ?? '';
    const port = Number.parseInt(value('PORT') ?? '', 10) || 6379;
    const name = value('ALIAS') ?? `${host}:${String(port)}`;
    const id = suffix === '' ? '0' : suffix;
    return host === '' ? [] : [{ id, host, port, name, username: value('USERNAME'), password: value('PASSWORD') }];
  });
}

/** An entry of the list: no user name, no password. */
export function listed({ id, host, port, name }: Database): object {
  const unknown = { provider: null, new: null, lastConnection: null, version: null, modules: [] };
  const fixed = { db: 0, connectionType: 'NOT CONNECTED', compressor: 'NONE', isPreSetup: true };
  return { id, host, port, name, ...fixed, ...unknown };
}

/** Why the connection does not work; undefined when it does. */
export function whyNot({ host, port, username, password }: Database): Promise<string | undefined> {
  const login = password === undefined ? [] : [writeCommand('AUTH', username ?? 'default', password)];
  return new Promise((resolve) => {
    const socket = connect(port, host).setEncoding('utf8').setTimeout(PATIENCE_MS);
    socket.write(Buffer.concat([...login, writeCommand('PING'), writeCommand('QUIT')]));
    let replies = '';
    socket.on('data', (part: string) => (replies += part));
    socket.on('end', () => {
      resolve(replies.includes('+PONG') ? undefined : replies.trim());
    });
    socket.on('timeout', () => socket.destroy(new Error('timed out')));
    socket.on('error', (error) => {
      resolve(error.message);
    });
  });
}
