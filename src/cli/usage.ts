/** How a line is read before commander reads it, and what is said about a line or an error that nobody can use. */
import { CommanderError } from 'commander';
import { isGroup, type CommandTable } from '../command/command-spec.ts';
import { common } from '../command/setting.ts';
import { Problem } from '../problem.ts';

const SWITCHES: ReadonlySet<string> = new Set(Object.values(common).flatMap(({ flag }) => flag.split(', ')));

/** Allows flags in any order and `help` for nested commands: commander wants the command first, and takes one word. */
export function commandFirst(words: readonly string[], table: CommandTable): readonly string[] {
  if (words.length === 0) return ['--help'];
  const [first = '', ...asked] = words;
  // `help tuor` is refused like `tuor`.
  if (first === 'help' && asked[0] !== undefined && !asked[0].startsWith('-'))
    return commandWords(asked, table).length > 0 ? [...asked, '--help'] : asked;
  // For an unknown command with --help, commander would print the help of the program.
  if (first !== 'help' && !first.startsWith('-') && commandWords(words, table).length === 0)
    return words.filter((word) => word !== '--help' && word !== '-h');
  const command = words.findIndex((word) => !SWITCHES.has(word));
  return command <= 0 ? words : [...words.slice(command), ...words.slice(0, command)];
}

export function asProblem(error: unknown, words: readonly string[], table: CommandTable): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof CommanderError) {
    const called = ['redisdemo', ...commandWords(words, table)].join(' ');
    if (error.code === 'commander.help')
      return new Problem('bad_usage', {
        message: `"${called}" needs one of its commands.`,
        hint: `See them: ${called} --help`,
      });
    const [message, suggestion] = withoutValues(error.message.replace(/^error: /, ''));
    const hint = suggestion ?? `See: ${called} --help`;
    return new Problem('bad_usage', { message: message.charAt(0).toUpperCase() + message.slice(1), hint });
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Problem('bug', {
    message: `This is a bug in redisdemo.\n${stack}`,
    hint: 'Please report it with these lines.',
  });
}

/** commander repeats unknown words, even misplaced passwords: only what looks like a command or flag is kept. */
function withoutValues(text: string): readonly [message: string, suggestion: string | undefined] {
  const [, suggestion] = /\n\(([^()\n]*)\)$/.exec(text) ?? [];
  const [, kind, word = ''] = /^(unknown (?:option|command)) '(.*)'/s.exec(text) ?? [];
  if (kind === undefined) return [text.split('\n')[0] ?? '', suggestion];
  const [name] = /^(?:--[a-z-]{1,30}(?==|$)|-[a-z]|[a-z][a-z-]{0,30}$)/i.exec(word) ?? [];
  return [name === undefined ? `${kind}.` : `${kind} '${name}'`, suggestion];
}

/** The leading words that name a group or a command. */
function commandWords(words: readonly string[], all: CommandTable): readonly string[] {
  const known: string[] = [];
  let table = all;
  for (const word of words) {
    const entry = Object.hasOwn(table, word) ? table[word] : undefined;
    if (entry === undefined) break;
    known.push(word);
    table = isGroup(entry) ? entry.commands : {};
  }
  return known;
}
