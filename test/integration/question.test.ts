/** A question to a person: at a terminal it is asked, and without one the flag that answers it is named. */
import { describe, expect, it } from 'vitest';
import { cli } from '../support/cli.ts';
import { administratorOf } from '../support/enterprise-address.ts';
import { makeDatabase } from '../support/enterprise-client.ts';
import { PASSWORD, ready } from '../support/enterprise-cluster.ts';
import { redisMissing } from '../fakes/redis-server.ts';
import { startAtTerminal, terminalMissing } from '../support/terminal.ts';

const missing = redisMissing + terminalMissing;

describe.skipIf(missing !== '')(`a question${missing}`, () => {
  it('can be answered, left, and given as a flag', async () => {
    const cluster = await ready();
    const { uid } = await makeDatabase(cluster, { name: 'redisdemo', authentication_redis_pass: PASSWORD });
    const { home, login } = await administratorOf(cluster);
    const asking = ['enterprise', 'database', 'delete', ...login, '--insecure'];
    const settings = { env: { REDISDEMO_HOME: home } };

    const declined = startAtTerminal(asking, settings);
    declined.stdin.write('\n');
    const { exitCode, stdout } = await declined;
    expect(stdout).toContain(`This deletes the database redisdemo (id ${String(uid)}) and its data. [y/N]`);
    expect(stdout).toContain('Nothing was deleted.');
    expect(exitCode).toBe(1);

    const left = startAtTerminal(asking, settings);
    let shown = '';
    left.stdout.on('data', (text) => {
      shown += String(text);
      if (shown.includes('[y/N]')) left.stdin.write('\x03');
    });
    expect((await left).exitCode).toBe(130);

    const unasked = await startAtTerminal([...asking, '--no-input'], settings);
    expect(unasked.exitCode).toBe(2);
    expect(unasked.stdout).toMatch(
      /Confirmation needed: [^]*→\S* There is no terminal to answer at, or --no-input is given\. Pass --yes/,
    );
    const piped = await cli(asking, settings);
    expect(piped.exitCode).toBe(2);
    expect(piped.stderr).toContain('Pass --yes');
  });
});
