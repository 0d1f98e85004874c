/**
 * Print equals run on Google Cloud: the printed script, with the real gcloud, curl and jq in another project, asks for
 * the same changes and leaves the same, and so do the explained commands in bash. Its smoke test is a probe of /health: a script has no contract to test.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudMissing, openCloud, PASSWORD, type Cloud } from '../support/cloud.ts';
import { changesIn, stateOf } from '../support/cloud-state.ts';
import { commandsIn } from '../support/commands.ts';
import { explainedCommands, paste } from '../support/printed-script.ts';

const DEPLOY = ['deploy', 'cloudrun'];

describe.skipIf(cloudMissing !== '')(`print equals run on Google Cloud${cloudMissing}`, () => {
  let one: Cloud;
  let other: Cloud;
  let pasted: Cloud;
  beforeAll(async () => {
    one = await openCloud();
    other = await openCloud({ redis: one.redis });
    pasted = await openCloud({ redis: one.redis });
  });
  afterAll(async () => {
    expect([...(await pasted.close()), ...(await other.close()), ...(await one.close())]).toEqual([]);
  });

  const print = async (args: readonly string[]): Promise<string> => {
    const from = other.google.requests.length;
    const { stdout } = await commandsIn(other).redisdemo([...args, '--print']);
    expect(changesIn(other.google, from)).toEqual([]);
    expect(stdout).not.toContain(PASSWORD.slice(0, 6));
    return stdout;
  };

  const run = async (script: string, shell = 'sh'): Promise<void> => {
    const file = join(other.cwd, 'x.sh');
    await writeFile(file, script);
    const { PATH = '' } = process.env;
    const { exitCode, all } = await execa(shell, [file], {
      env: { PATH, ...other.env },
      extendEnv: false,
      reject: false,
      all: true,
    });
    if (exitCode !== 0) throw new Error(`${shell}: ${String(exitCode)}\n${all}`);
    expect(all).not.toContain(PASSWORD.slice(0, 6));
  };

  /** A revision has another name in each cloud. */
  const pasteAll = async (commands: readonly string[]): Promise<string> => {
    const said: string[] = [];
    for (const command of commands) {
      const names = pasted.google.services().flatMap(({ revisions }) => revisions.map(({ name }) => name));
      const own = command.replaceAll(
        /redisdemo-\d{5}-\w{3}/g,
        (shown) => names.find((name) => name.slice(0, -4) === shown.slice(0, -4)) ?? shown,
      );
      said.push(await paste(pasted, [own]));
    }
    return said.join('\n');
  };

  it.each([
    ['a first deployment', DEPLOY],
    ['the next one, closed', [...DEPLOY, '--max', '5', '--private']],
  ])('%s', async (_, command) => {
    const from = [one, other, pasted].map(({ google }) => google.requests.length);
    const { stderr } = await commandsIn(one).redisdemo([...command, '--explain']);
    const script = await print(command);
    expect(explained(stderr)).not.toEqual([]);
    for (const line of explained(stderr)) expect(plain(script)).toContain(plain(line));
    await run(script);
    expect(await pasteAll(explainedCommands(stderr))).not.toContain(PASSWORD.slice(0, 6));
    for (const [index, { google }] of [one, other, pasted].entries()) {
      expect(changesIn(google, from[index])).toEqual(changesIn(one.google, from[0]));
      expect(stateOf(google)).toEqual(stateOf(one.google));
    }
  });

  it('a second run of a script changes nothing', async () => {
    const script = await print([...DEPLOY, '--max', '5', '--private']);
    const from = other.google.requests.length;
    await run(script, 'bash');
    expect(changesIn(other.google, from)).toEqual([]);
  });
});

/** The gcloud lines that --explain shows, each in one line, without what is piped into them. */
function explained(stderr: string): readonly string[] {
  const whole = stderr.replaceAll(/ \\\n +/g, ' ');
  return [...whole.matchAll(/^(?:· \$ (?:.* \| )?| +)(gcloud .*)$/gm)].map(([, line = '']) => line);
}

/** Facts are variables in a script, and the time is another one each run. */
function plain(text: string): string {
  return text
    .replaceAll(/\$\{\w+\}|redisdemo-\d{5}-\w{3}|(?<=redispass:)\d+/g, 'FACT')
    .replaceAll(/redisdemo-since=\d+/g, 'SINCE')
    .replaceAll('"', '');
}
