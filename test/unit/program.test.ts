import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';

const noRun = (): Promise<void> => Promise.resolve();
const paths = pathsOf(createProgram('0.0.0', noRun));

describe('the program made for one line', () => {
  it.each(paths)('gives `%s` all its flags', (path) => {
    const line = path.split(' ');
    expect(help(createProgram('0.0.0', noRun, line), line)).toBe(help(createProgram('0.0.0', noRun), line));
  });

  it.each(['help tour', 'stack help up', '-- tour'])('gives all commands their flags for `%s`', (line) => {
    const made = createProgram('0.0.0', noRun, line.split(' '));
    const whole = createProgram('0.0.0', noRun);
    expect(paths.map((path) => help(made, path.split(' ')))).toEqual(paths.map((path) => help(whole, path.split(' '))));
  });

  it('gives the others none', () => {
    const others = paths.filter((path) => path !== 'tour');
    const made = createProgram('0.0.0', noRun, ['tour', '--json']);
    expect(others.filter((path) => find(made, path.split(' ')).options.length > 0)).toEqual([]);
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
