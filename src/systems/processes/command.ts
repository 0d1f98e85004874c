import { execa } from 'execa';
import type { Child, Command } from '../../plan/systems.ts';

export function commandSystem(): Command {
  return {
    startNode: ({ file, env, onLine }): Promise<Child> => {
      // Not execaNode, which needs a PATH.
      const child = execa(process.execPath, [file], {
        env,
        extendEnv: false,
        // The channel tells the program when redisdemo ends, even when it is killed.
        ipc: true,
        stdin: 'ignore',
        reject: false,
        buffer: false,
        // It ends by itself: Ctrl-C reaches the whole foreground group at once.
        forceKillAfterDelay: false,
      });
      for (const from of ['stdout', 'stderr'] as const) void readLines(child.iterable({ from }), onLine);
      return Promise.resolve({
        pid: child.pid ?? 0,
        firstMessage: child.getOneMessage({ reference: false }).catch(() => undefined),
        ended: child.then(({ exitCode, signal }) => ({ exitCode, signal })),
        stop: (signal) => child.kill(signal),
      });
    },
  };
}

async function readLines(lines: AsyncIterable<string>, onLine: (line: string) => void): Promise<void> {
  for await (const line of lines) onLine(line);
}
