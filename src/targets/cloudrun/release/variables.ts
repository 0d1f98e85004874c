/**
 * Variables of the service beside those that redisdemo sets: named with `--set-env` and `--env-vars-file`. Any of them may hold
 * a secret, so no value is in a plan, an argument, a message or a printed script: there it is a variable of the shell.
 */
import { absent, ok, type Answer } from '../../../plan/answer.ts';
import { fillIn, type JsonObject, type Question } from '../../../plan/call.ts';
import type { Exists, Preface } from '../../../plan/plan.ts';
import { Problem } from '../../../problem.ts';
import { EACH_VARIABLE } from '../service/reads.ts';
import type { ServiceJson } from '../service/service.ts';
import type { Variable } from '../service/settings.ts';

/** https://cloud.google.com/run/docs/configuring/services/environment-variables */
const MOST = 1000;
/** Bytes of a value: "length cannot exceed 32768" (mozilla/bugbug#6233). */
const LONGEST = 32_768;

/** Who sets them, and where to say it instead. https://cloud.google.com/run/docs/container-contract#env-vars */
const RESERVED: readonly (readonly [names: RegExp, why: string])[] = [
  [/^PORT$/, 'Cloud Run sets it: the service listens there'],
  [/^K_/, 'Cloud Run sets K_SERVICE, K_REVISION and K_CONFIGURATION, and reserves that prefix'],
  [/^REDIS(?:PASS|PASS_FILE)$/, 'redisdemo sets it from REDISPASS or --redis-password-file, over Secret Manager'],
  [/^REDIS(?:HOST|PORT|USER|TLS|CA|CA_FILE)$/, 'redisdemo sets it from --redis-host and the options beside it'],
  [/^LISTEN_HOST$/, 'redisdemo sets it: only 0.0.0.0 can be reached on Cloud Run'],
];

/** Those that redisdemo sets itself, or leaves to Google. */
const isReserved = (name: string): boolean => RESERVED.some(([names]) => names.test(name));

/** Throws a Problem that names every variable the service cannot be given, and none of the values. */
export function checkVariables(variables: readonly Variable[]): void {
  const wrong = variables.flatMap(({ name, value }) => {
    const reserved = RESERVED.find(([names]) => names.test(name));
    if (reserved) return [`${name}: ${reserved[1]}.`];
    if (isTooLong(value())) return [`${name}: Cloud Run takes at most ${String(LONGEST)} bytes in a variable.`];
    return value().includes('\0') ? [`${name}: no variable can hold a NUL character.`] : [];
  });
  if (variables.length > MOST) wrong.push(`Cloud Run takes ${String(MOST)} variables at most.`);
  if (wrong.length === 0) return;
  throw new Problem('bad_setting', {
    message: `These variables cannot be set on the service:\n${wrong.join('\n')}`,
    hint: 'Leave them out of --set-env and --env-vars-file.',
  });
}

/** The certificate authority of the database travels as a variable too. Throws a Problem. */
export function checkAuthority(pem: string | undefined): void {
  if (pem === undefined || !isTooLong(pem)) return;
  throw new Problem('bad_setting', {
    message: `The certificate authority is too long: Cloud Run takes at most ${String(LONGEST)} bytes in a variable.`,
    hint: 'Give a file with only the authority that signed the certificate of Redis: --redis-ca-file FILE',
  });
}

function isTooLong(value: string): boolean {
  return Buffer.byteLength(value) > LONGEST;
}

/** The variable of the shell that a printed script takes the value from: PATH and the like have another one there. */
const inShell = (name: string): string => `SERVICE_${name}`;

/** For the stdin of gcloud. */
export function variablesJson(variables: readonly Variable[]): JsonObject {
  return Object.fromEntries(
    variables.map(({ name, value }) => [name, { $secret: { variable: inShell(name), value } }]),
  );
}

/** For jq, of the list of a service's variables: those with these names have the values that the script was given. */
export function sameInShell(variables: readonly Variable[], list: string): string {
  const tests = variables.map(
    ({ name }) => `any(${list} | .[]; .name == "${name}" and (.value + "") == env.${inShell(name)})`,
  );
  return `select(${tests.join(' and ')})`;
}

/** A script cannot hold the values: it ends at once where one is not given. */
export function variablesNeeded(variables: readonly Variable[]): readonly Preface[] {
  return variables.map(({ name }) => {
    const shell = inShell(name);
    const words = `Set ${shell} to the value of ${name} for the service: it may be a secret, so it is not in this script.`;
    return { kind: 'variable', name: shell, words };
  });
}

/** Whether the service has them with these values: a change by hand keeps its labels. */
export function sameOnService(variables: readonly Variable[], question: Question): Exists | undefined {
  if (variables.length === 0) return undefined;
  return {
    ask: async ({ calls }, { signal }, facts): Promise<Answer<unknown>> => {
      // Of one answer: between two, the service could change.
      const select = `first((${question.select}) | values) as $found | {found: $found, env: [${EACH_VARIABLE}]}`;
      const answer = await calls.ask(fillIn({ ...question, select }, facts), signal);
      if (answer.kind !== 'ok') return answer;
      const { found, env } = answer.value as Selected;
      const there = new Map(env.map(({ name, value = '' }) => [name, value]));
      const isSame = variables.every(({ name, value }) => there.get(name) === value());
      return isSame ? ok(found) : absent('a variable has another value');
    },
  };
}

interface Selected {
  readonly found: unknown;
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

/** Names of variables that the service has and will not have any more. */
export function droppedBy(variables: readonly Variable[], { spec }: ServiceJson): readonly string[] {
  const kept = new Set(variables.map(({ name }) => name));
  const env = spec.template.spec.containers[0]?.env ?? [];
  return env.flatMap(({ name }) => (isReserved(name) || kept.has(name) ? [] : [name]));
}
