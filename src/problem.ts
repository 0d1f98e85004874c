/** What ends a command early: words for a person, a code for a program. */

/** Exit codes are a promise: documented in docs/cli.md, stable between versions. */
export const EXIT_CODES = {
  ok: 0,
  failure: 1,
  usage: 2,
  missing: 3,
  permission: 4,
  conflict: 5,
  timeout: 6,
  smokeFailed: 7,
  rolledBack: 8,
  leftBehind: 9,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** The codes that `--json` shows, each with the exit code of its kind. */
export const PROBLEM_CODES = {
  bug: 'failure',
  service_failed: 'failure',
  system_failed: 'failure',
  unreachable: 'failure',
  declined: 'failure',
  bad_usage: 'usage',
  bad_setting: 'usage',
  docker_missing: 'missing',
  command_missing: 'missing',
  json_module_missing: 'missing',
  not_permitted: 'permission',
  not_logged_in: 'permission',
  not_trusted: 'permission',
  port_taken: 'conflict',
  foreign: 'conflict',
  other_home: 'conflict',
  differs: 'conflict',
  not_running: 'missing',
  paused: 'missing',
  detached: 'missing',
  not_enough: 'missing',
  api_off: 'missing',
  timeout: 'timeout',
  unfinished: 'timeout',
  unproven: 'timeout',
  unavailable: 'timeout',
  smoke_failed: 'smokeFailed',
  rolled_back: 'rolledBack',
  left_behind: 'leftBehind',
  hung_up: 'hungUp',
  interrupted: 'interrupted',
  terminated: 'terminated',
} as const satisfies Record<string, keyof typeof EXIT_CODES>;

export type ProblemCode = keyof typeof PROBLEM_CODES;

export interface ProblemWords {
  /** What happened, and why. */
  readonly message: string;
  /** What to type or change next. */
  readonly hint?: string | undefined;
  /** For programs: goes into the JSON document as it is. */
  readonly details?: unknown;
}

/** A refusal that we understand. Any other error is a bug and keeps its stack. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly hint: string | undefined;
  readonly details: unknown;

  constructor(code: ProblemCode, { message, hint, details }: ProblemWords, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
    this.details = details;
  }

  get exitCode(): number {
    return EXIT_CODES[PROBLEM_CODES[this.code]];
  }
}

/** True when a user or a supervisor stopped the command. */
export function isInterruption({ code }: Problem): boolean {
  return code === 'interrupted' || code === 'terminated' || code === 'hung_up';
}

/** Several as one, which ends as the first: who has mended one does not want to meet the next. */
export function together(problems: readonly Problem[]): Problem {
  const [first] = problems;
  if (first === undefined || problems.length === 1) return first ?? new Problem('bug', { message: 'no problem' });
  return new Problem(first.code, {
    message: `Nothing was made, because:\n${problems.map(({ message }) => message).join('\n')}`,
    hint: problems.flatMap(({ hint }) => hint ?? []).join('\n'),
    details: { problems: problems.map(({ code, message }) => ({ code, message })) },
  });
}
