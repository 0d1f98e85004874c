/** Variables given by the user. Any may hold a secret: no value is in a plan, an argument, a message or a printed script. */
import type { JsonObject, Question } from '../../../plan/call.ts';
import type { Preface } from '../../../plan/plan.ts';
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

export function variablesJson(variables: readonly Variable[]): JsonObject {
  return Object.fromEntries(
    variables.map(({ name, value }) => [name, { $secret: { variable: inShell(name), value } }]),
  );
}

/** For the jq program of {@link isAsGiven}. */
export function valuesGiven(variables: readonly Variable[]): NonNullable<Question['env']> {
  return Object.fromEntries(variables.map(({ name, value }) => [inShell(name), value]));
}

/** A jq condition: the service has the variable with the value that is given. A change by hand keeps its labels. */
export function isAsGiven({ name }: Variable): string {
  return `any(${EACH_VARIABLE}; .name == "${name}" and (.value + "") == $ENV.${inShell(name)})`;
}

/** A script does not contain the values: it ends at once where one is missing. */
export function variablesNeeded(variables: readonly Variable[]): readonly Preface[] {
  return variables.map(({ name }) => {
    const shell = inShell(name);
    const words = `Set ${shell} to the value of ${name} for the service: it may be a secret, so it is not in this script.`;
    return { kind: 'variable', name: shell, words };
  });
}

export function droppedBy(variables: readonly Variable[], { spec }: ServiceJson): readonly string[] {
  const kept = new Set(variables.map(({ name }) => name));
  const env = spec.template.spec.containers[0]?.env ?? [];
  return env.flatMap(({ name }) => (isReserved(name) || kept.has(name) ? [] : [name]));
}
