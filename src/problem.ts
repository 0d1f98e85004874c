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

type Exit = keyof typeof EXIT_CODES;

/** The codes in `--json`, each with its exit code and its meaning. */
export const PROBLEM_CODES = {
  bug: ['failure', 'A bug in redisdemo. Please report it.'],
  system_failed: [
    'failure',
    'Another system (Docker, Redis Enterprise, Google Cloud, a program) refused a request or failed.',
  ],
  service_failed: ['failure', 'The service, or what the command waited for, failed or ended.'],
  build_failed: ['failure', 'Google Cloud could not build the image.'],
  database_unreachable: ['failure', 'The database is running, but cannot be reached at its address.'],
  gone: ['failure', 'Something that the command needs was removed in the meantime.'],
  unreachable: ['failure', 'Google Cloud cannot be reached from this machine.'],
  declined: ['failure', 'The answer to a confirmation was no.'],
  bad_usage: ['usage', 'The command, its arguments or its flags are not valid, or one is missing.'],
  confirmation_needed: ['usage', 'The command needs a confirmation, and nobody can be asked. The hint names the flag.'],
  bad_setting: ['usage', 'The value of a setting is not valid, or does not fit the target.'],
  bad_file: [
    'usage',
    'A file or folder cannot be used: it is missing, unreadable, not writable, or has other content than expected.',
  ],
  docker_missing: ['missing', 'There is no Docker engine to connect to.'],
  command_missing: ['missing', 'A program that the command needs is not installed.'],
  json_module_missing: ['missing', 'The Redis has no JSON module.'],
  not_running: ['missing', 'The database or RedisInsight is not running.'],
  paused: ['missing', 'The container is paused.'],
  detached: ['missing', "The container is not attached to redisdemo's network."],
  not_deployed: ['missing', 'The service is not deployed there.'],
  candidate_missing: ['missing', 'No revision is waiting to be promoted.'],
  revision_missing: ['missing', 'There is no earlier revision to roll back to.'],
  database_missing: ['missing', 'The cluster has no database with that name or id.'],
  certificate_missing: ['missing', 'The server does not present a certificate.'],
  not_enough_memory: ['missing', 'Docker or the cluster has too little memory.'],
  license_expired: ['missing', 'The license of the cluster has expired.'],
  quota_exceeded: ['missing', 'A quota, a rate limit or the shards of a license are used up.'],
  billing_off: ['missing', 'The Google Cloud project has no billing account.'],
  api_off: ['missing', 'A Google Cloud API is not turned on in the project.'],
  region_closed: ['missing', 'The Google Cloud project is not allowed to build in the region.'],
  out_of_reach: ['missing', 'The tour cannot run a stage on this machine.'],
  not_permitted: ['permission', 'A login was refused, or an account, a policy or the file system does not allow it.'],
  not_logged_in: ['permission', 'gcloud has no valid login.'],
  not_trusted: ['permission', 'The certificate of a server is not trusted.'],
  port_taken: ['conflict', 'The port is taken, or no port is free.'],
  foreign: ['conflict', 'Something that redisdemo did not create is in the way.'],
  other_home: ['conflict', 'It belongs to another state folder of redisdemo.'],
  differs: ['conflict', 'It exists with other settings.'],
  password_differs: ['conflict', 'It exists with another password.'],
  address_changed: ['conflict', 'A node of the cluster has another address than before.'],
  folder_not_empty: ['conflict', 'The folder to write to is not empty.'],
  timeout: ['timeout', 'A wait reached its limit.'],
  retries_exhausted: ['timeout', 'A request was retried until its limit, and refused each time.'],
  unfinished: ['timeout', 'A program took too long and was stopped. What it requested may still be in progress.'],
  unproven: ['timeout', 'The smoke test could not start in time.'],
  unavailable: ['timeout', 'Google Cloud is temporarily unavailable.'],
  smoke_failed: ['smokeFailed', 'The smoke test failed.'],
  rolled_back: ['rolledBack', 'The new revision was not good enough, and gets no traffic.'],
  left_behind: ['leftBehind', 'Something could not be removed.'],
  not_restored: ['leftBehind', 'A node that was stopped for a failover test could not be started again.'],
  hung_up: ['hungUp', 'The terminal was closed (SIGHUP).'],
  interrupted: ['interrupted', 'Interrupted with Ctrl-C (SIGINT).'],
  terminated: ['terminated', 'Terminated (SIGTERM).'],
} as const satisfies Record<string, readonly [exit: Exit, meaning: string]>;

export type ProblemCode = keyof typeof PROBLEM_CODES;

export function exitCodeOf(code: ProblemCode): number {
  return EXIT_CODES[PROBLEM_CODES[code][0]];
}

interface ProblemWords {
  readonly message: string;
  readonly hint?: string | undefined;
  /** Goes into the JSON document as it is. */
  readonly details?: unknown;
}

/** An expected failure. Any other error is a bug and keeps its stack. */
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
    return exitCodeOf(this.code);
  }
}

/** True when a user or a supervisor stopped the command. */
export function isInterruption({ code }: Problem): boolean {
  return code === 'interrupted' || code === 'terminated' || code === 'hung_up';
}

/** Combines problems, so that the user sees all at once; exits like the first. */
export function together(problems: readonly Problem[]): Problem {
  const [first] = problems;
  if (first === undefined || problems.length === 1) return first ?? new Problem('bug', { message: 'no problem' });
  return new Problem(first.code, {
    message: `Nothing was made, because:\n${problems.map(({ message }) => message).join('\n')}`,
    hint: problems.flatMap(({ hint }) => hint ?? []).join('\n'),
    details: { problems: problems.map(({ code, message }) => ({ code, message })) },
  });
}
