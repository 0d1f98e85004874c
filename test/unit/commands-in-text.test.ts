/** No sentence of the product names a command, a flag or an argument that the parser does not take. */
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { commandsOf } from '../../src/commands/commands.ts';
import { targetsOf } from '../../src/stage/list.ts';
import { STAGES } from '../../src/stages.ts';
import { commandsInDocuments, commandsInSources } from '../support/commands-in-text.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const TARGETS = targetsOf(STAGES).map(({ name }) => name);

/** What a template may fill in where a command's own word stands. Elsewhere it is the value of a flag or a name. */
const FILLED_IN: Readonly<Record<string, readonly string[]>> = {
  $target: TARGETS,
  '$target.name': TARGETS,
  $stage: ['stack', 'enterprise', 'insight'],
};

const program = await createProgram(commandsOf(STAGES), { version: '0.0.0', run: () => Promise.resolve() });

/** Why the parser refuses the words; a value that only breaks its rule is a placeholder. */
async function refusal(words: readonly string[]): Promise<string | undefined> {
  try {
    await program.parseAsync(words.filter((word) => word !== '--help').map(plain), { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 || error.code === 'commander.invalidArgument' ? undefined : error.message;
  }
}

const plain = (word: string): string => word.replace(/^\$/, '');

function variants(words: readonly string[]): readonly (readonly string[])[] {
  const at = words.findIndex((word) => FILLED_IN[word] !== undefined);
  if (at < 0) return [words];
  return (FILLED_IN[words[at] ?? ''] ?? []).flatMap((word) => variants(words.with(at, word)));
}

describe.each([
  ['the sentences of the product', commandsInSources(ROOT)],
  ['the documents', commandsInDocuments(ROOT)],
])('the commands in %s', (_name, commands) => {
  it('are found', () => {
    expect(commands.length).toBeGreaterThan(20);
  });

  it('are commands that the parser takes', async () => {
    const refused: string[] = [];
    for (const { where, words } of commands) {
      for (const variant of variants(words)) {
        const reason = await refusal(variant);
        if (reason !== undefined) refused.push(`${where}: redisdemo ${variant.join(' ')}: ${reason}`);
      }
    }
    expect(refused).toEqual([]);
  });
});
