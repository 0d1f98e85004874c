/** The list of stages, and that nothing else lists them. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Setting } from '../../src/command/setting.ts';
import { databasesOf, isReachedFrom, targetsOf } from '../../src/stage/list.ts';
import { STAGES } from '../../src/stages.ts';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));
const options = await Promise.all(targetsOf(STAGES).map((target) => target.options()));

/** What every call of the CLI loads with the list: imports of values, not of types, that are not made later. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, name = ''] of text.matchAll(/^(?:import|export)(?! type\b)[^;'()]*from '([^']+)';$/gm)) {
    const target = name.startsWith('.') ? join(file, '..', name) : name;
    if (!seen.has(target)) loadedWith(target, seen);
  }
  return seen;
}

describe('the list of stages', () => {
  it('is light: the records load nothing else', () => {
    const loaded = [...loadedWith(join(SRC, 'stages.ts'))].map((file) => file.replace(SRC, ''));
    expect(loaded.length).toBeGreaterThan(STAGES.length);
    expect(loaded.filter((file) => !/(?:^|\/)stages?\.ts$/.test(file))).toEqual([]);
  });

  it('has each name once', () => {
    const names = STAGES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has for each target a database that it reaches', () => {
    const alone = targetsOf(STAGES).filter(
      ({ reaches }) => !databasesOf(STAGES).some((database) => isReachedFrom(database, reaches)),
    );
    expect(alone).toEqual([]);
  });

  it.each(['place', 'up'] as const)('has one meaning for each option of `up` (%s)', (kind) => {
    const meanings = new Map<string, Setting>();
    for (const [name, setting] of options.flatMap((each) => Object.entries(each[kind]))) {
      expect(meanings.get(name) ?? setting).toBe(setting);
      meanings.set(name, setting);
    }
  });

  it('is the only place that lists them: no command, and not the tour, has the name of one', () => {
    const names = new RegExp(`['"\`](?:${STAGES.map(({ name }) => name).join('|')})['"\`]`);
    const files = globSync(['commands/*.ts', 'tour/*.ts', 'cli/*.ts', 'command/*.ts', 'stage/*.ts'], { cwd: SRC });
    expect(files.length).toBeGreaterThan(20);
    const naming = files.flatMap((file) =>
      readFileSync(join(SRC, file), 'utf8')
        .split('\n')
        .flatMap((line, index) => (names.test(line) ? [`${file}:${String(index + 1)}: ${line.trim()}`] : [])),
    );
    expect(naming).toEqual([]);
  });
});
