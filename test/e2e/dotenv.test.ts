/** What `.env` in the current folder can do, and what it cannot. */
import { untilListening } from '../support/cli.ts';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, startCli, withFolder } from '../support/cli.ts';

/** A file of processes: Linux has one. */
const PROC = existsSync('/proc/self/environ');

describe('.env', () => {
  it('cannot choose the programs that redisdemo starts, nor whom they trust', () =>
    withFolder(async (cwd) => {
      const [program, seen, pwned] = ['gcloud', 'seen', 'pwned'].map((name) => join(cwd, name)) as [
        string,
        string,
        string,
      ];
      await writeFile(program, `#!/bin/sh\nenv >>${seen}\nexit 1\n`);
      await writeFile(join(cwd, 'python'), `#!/bin/sh\n: >${pwned}\n`);
      await Promise.all([program, join(cwd, 'python')].map((file) => chmod(file, 0o755)));
      const hostile = {
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
        LD_PRELOAD: join(cwd, 'python'),
        NODE_OPTIONS: `--require=${join(cwd, 'python')}`,
        CLOUDSDK_PYTHON: join(cwd, 'python'),
        HTTPS_PROXY: 'http://127.0.0.1:1',
        PATH: '/nowhere',
      };
      const lines = Object.entries({ ...hostile, REDISDEMO_PROJECT: 'from-dotenv' });
      await writeFile(join(cwd, '.env'), lines.map(([name, value]) => `${name}=${value}\n`).join(''));
      const path = `${cwd}:${process.env['PATH'] ?? ''}`;
      await cli(['deploy', 'status'], { cwd, env: { PATH: path } });
      const environment = await readFile(seen, 'utf8');
      expect(environment).toContain(`PATH=${path}`);
      expect(environment).not.toMatch(/^(?:NODE_TLS|NODE_OPTIONS|LD_|HTTPS_PROXY|CLOUDSDK_PYTHON|REDISDEMO_)/m);
      expect(existsSync(pwned)).toBe(false);
    }));

  it.skipIf(!PROC)(`gives the service its settings, and nothing else${PROC ? '' : ' (SKIPPED: no /proc)'}`, () =>
    withFolder(async (cwd) => {
      await writeFile(join(cwd, '.env'), '\ufeffPORT=0\r\nMEMORY_LIMIT=123456\r\nNODE_TLS_REJECT_UNAUTHORIZED=0\r\n');
      const serve = startCli(['serve', '--json'], { cwd });
      const { pid } = await untilListening(serve);
      const environment = (await readFile(`/proc/${String(pid)}/environ`, 'utf8')).split('\0');
      serve.kill('SIGTERM');
      await serve;
      expect(environment).toEqual(expect.arrayContaining(['PORT=0', 'MEMORY_LIMIT=123456']));
      expect(environment.join('\n')).not.toContain('NODE_TLS');
    }),
  );

  it('that cannot be read as it is meant is exit 2, with the line and without the value', () =>
    withFolder(async (cwd) => {
      await writeFile(join(cwd, '.env'), '# ours\nREDISPASS="canary-7f3a\n');
      for (const args of [['serve'], ['serve', '--json']]) {
        const { exitCode, stdout, stderr } = await cli(args, { cwd });
        expect(exitCode).toBe(2);
        expect(stdout + stderr).toContain('.env, line 2: REDISPASS cannot be read');
        expect(stdout + stderr).not.toContain('canary');
      }
    }));
});
