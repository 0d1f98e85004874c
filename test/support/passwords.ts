/** The passwords that the product has generated, in every form that could be seen. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Those in a home, by file. */
export async function passwordsIn(home: string): Promise<ReadonlyMap<string, string>> {
  const folder = join(home, 'secrets');
  const files = (await readdir(folder)).filter((name) => name.endsWith('-password'));
  const contents = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return new Map(files.map((name, index) => [name, contents[index]?.trim() ?? '']));
}

/** As they are, and as HTTP carries them: in base64 the bytes before decide in which of three ways. */
export function formsOf(passwords: ReadonlyMap<string, string>): readonly string[] {
  return [...passwords.values()].flatMap((password) => [
    password,
    ...['', 'x', 'xx'].map((before) => base64Middle(before + password)),
  ]);
}

function base64Middle(text: string): string {
  return Buffer.from(text).toString('base64').slice(4, -4);
}
