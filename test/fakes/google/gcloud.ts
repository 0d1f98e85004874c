/** The real gcloud as a child process. */
import { spawnSync } from 'node:child_process';
import { execa } from 'execa';
import { opensslMissing } from '../../support/certificates.ts';

/** Why tests that need gcloud and the stand-in for Google are skipped, to stand in their title; empty when they run. */
export const gcloudMissing = whatIsMissing();

export interface GcloudRun {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

interface GcloudSettings {
  /** Of `google.environment()`. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Without questions, without colours, without a log file: the facts of issue 5, 1 and 5. */
export async function gcloud(args: readonly string[], { env, input = '' }: GcloudSettings): Promise<GcloudRun> {
  const quiet = { CLOUDSDK_CORE_DISABLE_PROMPTS: '1', CLOUDSDK_CORE_DISABLE_FILE_LOGGING: 'true', TERM: 'dumb' };
  const { exitCode, stdout, stderr } = await execa('gcloud', args, {
    env: { PATH: process.env['PATH'] ?? '', ...quiet, ...env },
    extendEnv: false,
    reject: false,
    input,
  });
  return { exitCode, stdout, stderr };
}

function whatIsMissing(): string {
  // Not `gcloud --version`: it takes half a second.
  if (spawnSync('which', ['gcloud']).status !== 0) return ' (SKIPPED: gcloud is not on PATH)';
  return opensslMissing;
}
