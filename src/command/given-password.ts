import type { Systems } from '../plan/systems.ts';
import { Problem } from '../problem.ts';

/** What was created with the stored password keeps it, so a different given one is refused with a Problem. */
export async function noOtherPassword(
  { file }: { readonly file: string },
  given: string | undefined,
  { files }: Systems,
): Promise<void> {
  if (given === undefined || !(await files.exists(file))) return;
  if ((await files.readSecret({ file })) === (await files.readSecret({ file: given }))) return;
  throw new Problem('password_differs', {
    message: `There is a password already, in ${file}; the given file holds another one.`,
    hint: 'Leave the option away, or take away first what was made with the old one.',
  });
}
