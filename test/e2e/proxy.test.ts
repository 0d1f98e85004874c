/** Variables that name a proxy: nothing on this machine needs one, and one that cannot be used is a wrong setting. */
import { describe, expect, it } from 'vitest';
import { cli, withFolder } from '../support/cli.ts';
import { freePort } from '../fakes/redis-server.ts';

/** What people have in them, and what no parser takes. */
const VALUES = ['proxy.corp:3128', '::nonsense', 'socks4://proxy:1080', 'http://user:s3cret@proxy:99999'];
const NAMES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];

const env = (value: string): Record<string, string> => ({
  ...Object.fromEntries(NAMES.map((name) => [name, value])),
  DOCKER_HOST: 'unix:///no/such/docker.sock',
});

describe('a proxy in the environment', () => {
  it.each(VALUES.slice(0, 2))('%s is not used for this machine: up and destroy work, and no process stays', (value) =>
    withFolder(async (folder) => {
      const port = await freePort();
      const run = (...args: string[]) => cli(args, { env: { ...env(value), REDISDEMO_HOME: `${folder}/home` } });
      const up = await run('up', '--db', 'memory', '--on', 'local', '--port', String(port));
      const down = await run('destroy', 'local');
      expect([up.exitCode, up.stderr]).toEqual([0, expect.stringContaining('passed')]);
      expect(down.exitCode).toBe(0);
      await expect(fetch(`http://127.0.0.1:${String(port)}/health`)).rejects.toThrow();
    }),
  );

  it('leaves the tour as it is, with NO_PROXY=* too', async () => {
    const { exitCode, stdout } = await cli(['tour'], { env: { ...env('proxy.corp:3128'), NO_PROXY: '*' } });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\nmemory × local +✓ 11 of 11/);
  });

  it.each(VALUES.slice(1))('%s is a wrong setting for another machine, named without its password', async (value) => {
    const { exitCode, stderr } = await cli(['smoke', '--url', 'http://service.example.com'], { env: env(value) });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/Error: http_proxy is not a proxy that redisdemo can use/);
    expect(stderr).toContain('→ Set http_proxy to a URL like http://proxy.example.com:3128, or unset it.');
    expect(stderr).not.toMatch(/s3cret|This is a bug/);
  });
});
