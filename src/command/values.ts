/** The one place where text becomes a setting, and the one that says what is wrong with it. No value is ever shown. */
import * as v from 'valibot';
import { Problem } from '../problem.ts';
import type { Setting, Values } from './setting.ts';

/** What a line gives, by the name of the setting: text, or true for a switch. */
export type Given = Readonly<Record<string, unknown>>;

interface Sources {
  readonly environment: NodeJS.ProcessEnv;
  /** The command that explains the flags: `redisdemo serve --help`. */
  readonly help?: string;
}

/** @throws Problem `bad_usage` for a flag, `bad_setting` for a variable: both name the setting and its rule */
export function readValues<S extends Record<string, Setting>>(settings: S, given: Given, sources: Sources): Values<S> {
  const entries = Object.entries(settings).map(([name, setting]) => [name, readValue(setting, given[name], sources)]);
  // Their types come from the same table.
  return Object.fromEntries(entries) as Values<S>;
}

/** From variables and defaults, for a command that does not have these flags. */
export function environmentValues<S extends Record<string, Setting>>(
  settings: S,
  environment: NodeJS.ProcessEnv,
): Values<S> {
  return readValues(settings, {}, { environment });
}

function readValue(setting: Setting, given: unknown, sources: Sources): unknown {
  const { rule } = setting;
  // `--no-promote` is true until it is given.
  if (!rule) return given === undefined ? setting.flag.startsWith('--no-') : given === true;
  if (setting.repeatable) return (Array.isArray(given) ? given : []).map((one) => readOne(setting, one, sources));
  return readOne(setting, given, sources);
}

function readOne(setting: Setting, given: unknown, { environment, help }: Sources): unknown {
  const { flag, variable, fallback, rule = v.string() } = setting;
  const fromVariable = variable === undefined ? undefined : environment[variable];
  const text = typeof given === 'string' ? given : (fromVariable ?? fallback);
  if (text === undefined) return undefined;
  const result = v.safeParse(rule, text);
  if (result.success) return result.output;
  const rules = `It must be ${result.issues[0].message}.`;
  const parts = urlParts(text);
  if (typeof given === 'string') {
    const name = /--[\w-]+/.exec(flag)?.[0] ?? flag;
    throw new Problem('bad_usage', {
      message: `The value of ${name} is not valid. ${rules}`,
      hint: parts ?? (help === undefined ? undefined : `See: ${help}`),
    });
  }
  throw new Problem('bad_setting', {
    message: `The value of ${String(variable)} is not valid. ${rules}`,
    hint: parts ?? `Correct ${String(variable)}, in the environment or in .env, or unset it.`,
  });
}

/** The settings to use in place of a Redis URL, with the values that are not secret. undefined for other text. */
function urlParts(text: string): string | undefined {
  const [, scheme = '', authority = ''] =
    /^\s*(redis|rediss|valkey|valkeys|tcp|tls|ssl):\/\/([^/?#]*)/i.exec(text) ?? [];
  if (scheme === '') return undefined;
  const names = 'REDISHOST, REDISPORT, REDISUSER, REDISPASS and REDISTLS';
  const [, userinfo, host, port] = /^(.*@)?([\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i.exec(authority) ?? [];
  // A password with a / in it ends the authority early: what is before it could be a part of the password.
  const isWhole = host !== undefined && text.lastIndexOf('@') <= text.indexOf(authority) + authority.length;
  if (!isWhole) return `A Redis URL is given in parts: ${names}.`;
  const user = /^([\w.-]+):.+@$/.exec(userinfo ?? '')?.[1];
  const values = [
    `REDISHOST=${host.replace(/^\[|\]$/g, '')}`,
    ...(port === undefined ? [] : [`REDISPORT=${port}`]),
    ...(user === undefined ? [] : [`REDISUSER=${user}`]),
    ...(/^(?:rediss|valkeys|tls|ssl)$/i.test(scheme) ? ['REDISTLS=true'] : []),
  ];
  const password = userinfo === undefined ? '' : ', and its password in REDISPASS or a file that REDISPASS_FILE names';
  return `A Redis URL is given in parts: ${values.join(' ')}${password}.`;
}
