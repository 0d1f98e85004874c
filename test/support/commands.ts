/** The built CLI in a sandbox or a cloud, for commands that are to end well. */
import type { CliRun } from './cli.ts';
import type { Sandbox } from './sandbox.ts';

type Variables = Readonly<Record<string, string>>;

export interface Commands {
  /** Rejects with all that it said when it does not end with 0. */
  readonly redisdemo: (args: readonly string[], env?: Variables) => Promise<CliRun>;
  /** The data of its JSON document. */
  readonly ask: (args: readonly string[], env?: Variables) => Promise<Readonly<Record<string, unknown>>>;
}

export function commandsIn(sandbox: Pick<Sandbox, 'run'>): Commands {
  const redisdemo: Commands['redisdemo'] = async (args, env) => {
    const run = await sandbox.run(args, env);
    if (run.exitCode === 0) return run;
    throw new Error(`redisdemo ${args.join(' ')}: ${String(run.exitCode)}\n${run.stdout}${run.stderr}`);
  };
  return {
    redisdemo,
    ask: async (args, env) => {
      const { stdout } = await redisdemo([...args, '--json'], env);
      return (JSON.parse(stdout) as { readonly data: Readonly<Record<string, unknown>> }).data;
    },
  };
}
