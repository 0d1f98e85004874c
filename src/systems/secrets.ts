import { readFile } from 'node:fs/promises';
import { Problem } from '../problem.ts';
import type { Secret } from '../secret.ts';

/** The value of a secret, for the moment of its use. The last line break of a file is not part of it. */
export async function readSecret(secret: Secret): Promise<string> {
  if ('variable' in secret) {
    const value = process.env[secret.variable];
    if (value !== undefined) return value;
    throw new Problem('bad_setting', { message: `The variable ${secret.variable} is not set.` });
  }
  try {
    return (await readFile(secret.file, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    throw new Problem('bad_setting', {
      message: `The password file cannot be read: ${(error as Error).message}`,
      hint: 'Give a file that you may read. One that redisdemo made and that is lost: take its stage down and up again.',
    });
  }
}
