import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { commandsOf } from '../../src/commands/commands.ts';
import { STAGES } from '../../src/stages.ts';

const make = (line?: readonly string[]): Promise<Command> =>
  createProgram(commandsOf(STAGES), { version: '0.0.0', run: () => Promise.resolve(), ...(line && { line }) });
const whole = await make();
const paths = pathsOf(whole);

describe('the program made for one line', () => {
  it.each(paths)('gives `%s` all its flags', async (path) => {
    const line = path.split(' ');
    expect(help(await make(line), line)).toBe(help(whole, line));
  });

  it.each(['help tour', 'stack help up', '-- tour'])('gives all commands their flags for `%s`', async (line) => {
    const made = await make(line.split(' '));
    expect(paths.map((path) => help(made, path.split(' ')))).toEqual(paths.map((path) => help(whole, path.split(' '))));
  });

  it('gives the others none', async () => {
    const others = paths.filter((path) => path !== 'tour');
    const made = await make(['tour', '--json']);
    expect(others.filter((path) => find(made, path.split(' ')).options.length > 0)).toEqual([]);
  });

  it('knows the summary of every command without loading it', async () => {
    const made = await make(['status']);
    const summaries = (program: Command) => paths.map((path) => find(program, path.split(' ')).summary());
    expect(summaries(made)).toEqual(summaries(whole));
    expect(summaries(made)).not.toContain('');
  });
});

function pathsOf(command: Command): string[] {
  return command.commands.flatMap((sub) =>
    sub.commands.length > 0 ? pathsOf(sub).map((path) => `${sub.name()} ${path}`) : [sub.name()],
  );
}

function help(program: Command, words: readonly string[]): string {
  return find(program, words).helpInformation();
}

function find(program: Command, words: readonly string[]): Command {
  return words.reduce((command, word) => {
    const sub = command.commands.find((each) => each.name() === word);
    if (!sub) throw new Error(`no ${word} in ${command.name()}`);
    return sub;
  }, program);
}
