import { readdir, writeFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { cli, startCli, withFolder } from '../cli.ts';
import { startAtTerminal, terminalMissing } from '../terminal.ts';

interface Rung {
  readonly rung: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly leftBehind: readonly string[];
  readonly smoke?: { url: string };
}

/** The rungs that Docker carries are walked in test/integration/tour.test.ts. */
const env = { DOCKER_HOST: 'unix:///no/such/docker.sock' };

describe('tour', () => {
  it('walks the memory rung, lists every other with a reason, and leaves nothing', async () => {
    const { exitCode, stdout } = await cli(['tour', '--json'], { env });
    expect(exitCode).toBe(0);
    const { rungs } = (JSON.parse(stdout) as { data: { rungs: Rung[] } }).data;
    expect(rungs[0]).toMatchObject({ rung: 'memory × local', outcome: 'passed', leftBehind: [] });
    expect(rungs.filter(({ outcome, reason }) => outcome === 'not reachable' && !reason)).toEqual([]);
    await expect(fetch(rungs[0]?.smoke?.url ?? '')).rejects.toThrow();
  });

  it('ends with one table on stdout', async () => {
    const { exitCode, stdout } = await cli(['tour'], { env });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^rung +smoke +time +left behind/);
    expect(stdout).toMatch(/\nmemory × local +✓ 11 of 11 +\d.* +nothing\n/);
  });

  it('takes no Redis from the environment for the memory rung', async () => {
    const { exitCode, stdout } = await cli(['tour'], { env: { ...env, REDISHOST: '127.0.0.1', REDISPORT: '1' } });
    expect({ exitCode, passed: stdout.includes('✓ 11 of 11') }).toEqual({ exitCode: 0, passed: true });
  });

  it.each([
    ['no project is named', {}, 'no project is named, and it costs some cents'],
    ['no Redis is given', { REDISDEMO_PROJECT: 'demo-project' }, 'no Redis is given'],
    [
      'the Redis is on this machine',
      { REDISDEMO_PROJECT: 'demo-project', REDISHOST: '127.0.0.1' },
      '127.0.0.1 is this machine',
    ],
  ])('does not even start gcloud for Cloud Run when %s', (_, variables, reason) =>
    withFolder(async (folder) => {
      await writeFile(`${folder}/gcloud`, `#!/bin/sh\ntouch ${folder}/started\nexit 1\n`, { mode: 0o755 });
      const path = `${folder}:${process.env['PATH'] ?? ''}`;
      const { exitCode, stdout } = await cli(['tour', '--json'], { env: { ...env, PATH: path, ...variables } });
      const { rungs } = (JSON.parse(stdout) as { data: { rungs: Rung[] } }).data;
      expect(rungs.at(-1)).toMatchObject({ rung: 'url × cloudrun', outcome: 'not reachable' });
      expect(rungs.at(-1)?.reason).toContain(reason);
      expect(await readdir(folder)).toEqual(['gcloud']);
      expect(exitCode).toBe(0);
    }),
  );

  it('Ctrl-C ends it with 130', async () => {
    const tour = startCli(['tour'], { env });
    for await (const chunk of tour.stderr) if (String(chunk).includes('listening on')) break;
    tour.kill('SIGINT');
    expect((await tour).exitCode).toBe(130);
  });

  it.skipIf(terminalMissing !== '').each([80, 30, 0])(
    `at a terminal of %i columns it draws, and ends${terminalMissing}`,
    async (columns) => {
      const { exitCode, stdout } = await startAtTerminal(['tour'], { env, columns });
      expect(exitCode).toBe(0);
      expect(stdout).toContain('1 of 1 rungs passed');
      const plain = stripVTControlCharacters(stdout);
      const table = plain.slice(plain.indexOf('rung ')).split(/\r?\n/);
      if (columns === 80) expect(Math.max(...table.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    },
  );
});
