import { readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { cli, startCli, untilSaid, withFolder } from '../support/cli.ts';
import { listening } from '../support/sockets.ts';
import { startAtTerminal, terminalMissing } from '../support/terminal.ts';

interface Rung {
  readonly rung: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly leftBehind: readonly string[];
  readonly smoke?: { readonly url: string; readonly checks: readonly unknown[] };
}

/** The rungs that Docker carries are walked in test/integration/tour.test.ts. */
const env = { DOCKER_HOST: 'unix:///no/such/docker.sock' };

/** An engine that never answers: the tour is not at its end when the signal comes, however slow the signal is. */
async function silentEngine(): Promise<string> {
  return `tcp://127.0.0.1:${String(await listening(createServer()))}`;
}

describe('tour', () => {
  it('walks the memory rung, takes no Redis and no project from the environment that it cannot use, and leaves nothing', () =>
    withFolder(async (folder) => {
      await writeFile(`${folder}/gcloud`, `#!/bin/sh\ntouch ${folder}/started\nexit 1\n`, { mode: 0o755 });
      const { exitCode, stdout } = await cli(['tour', '--json'], {
        env: {
          ...env,
          PATH: `${folder}:${process.env['PATH'] ?? ''}`,
          REDISDEMO_PROJECT: 'demo-project',
          REDISHOST: '127.0.0.1',
          REDISPORT: '1',
        },
      });
      expect(exitCode).toBe(0);
      const { rungs } = (JSON.parse(stdout) as { data: { rungs: Rung[] } }).data;
      expect(rungs[0]).toMatchObject({ rung: 'memory × local', outcome: 'passed', leftBehind: [] });
      expect(rungs[0]?.smoke?.checks).toHaveLength(11);
      expect(rungs.filter(({ outcome, reason }) => outcome === 'not reachable' && !reason)).toEqual([]);
      // The other reasons, before which gcloud is not started either: test/unit/cloudrun-tour.test.ts.
      expect(rungs.at(-1)).toMatchObject({ rung: 'url × cloudrun', outcome: 'not reachable' });
      expect(rungs.at(-1)?.reason).toContain('127.0.0.1 is this machine');
      expect(await readdir(folder)).toEqual(['gcloud']);
      await expect(fetch(rungs[0]?.smoke?.url ?? '')).rejects.toThrow();
    }));

  it('ends with one table on stdout', async () => {
    const { exitCode, stdout } = await cli(['tour'], { env });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^rung +smoke +time +left behind/);
    expect(stdout).toMatch(/\nmemory × local +✓ 11 of 11 +\d.* +nothing\n/);
    expect(stdout).toContain('no project is named, and it costs some cents');
  });

  it.each([
    ['Ctrl-C', 'SIGINT', 130],
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGHUP', 'SIGHUP', 129],
  ] as const)('%s ends it', async (_title, signal, code) => {
    const tour = startCli(['tour'], { env: { DOCKER_HOST: await silentEngine() } });
    await untilSaid(tour.stderr, 'listening on');
    tour.kill(signal);
    expect((await tour).exitCode).toBe(code);
  });

  it.skipIf(terminalMissing !== '')(`draws at a terminal, and its table fits there${terminalMissing}`, async () => {
    const { exitCode, stdout } = await startAtTerminal(['tour'], { env, columns: 80 });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('1 of 1 rungs passed');
    const plain = stripVTControlCharacters(stdout);
    const table = plain.slice(plain.indexOf('rung ')).split(/\r?\n/);
    expect(Math.max(...table.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });
});
