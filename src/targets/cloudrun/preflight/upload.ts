import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import { gcloudText } from '../google/gcloud.ts';
import type { Source } from '../service/settings.ts';

const WANTED = /^(?:Dockerfile$|\.dockerignore$|service\/)/;
const NEEDED = ['Dockerfile', '.dockerignore', 'service/server.js'];

/** Throws a Problem when gcloud's own list of what it would upload has a file too many or too few. */
export async function checkUpload(
  source: Source,
  { calls }: Pick<Systems, 'calls'>,
  signal: AbortSignal,
): Promise<void> {
  if (source.kind === 'image') return;
  const { folder } = source;
  const answer = await calls.send(gcloudText(['meta', 'list-files-for-upload', folder]), signal);
  if (answer.kind !== 'ok')
    throw new Problem('system_failed', { message: `What to upload is not known: ${answer.reason}` });
  const files = answer.value.text.split('\n').filter((line) => line !== '');
  const extra = files.filter((file) => !WANTED.test(file.replaceAll('\\', '/')));
  const absent = NEEDED.filter((file) => !files.some((found) => found.replaceAll('\\', '/') === file));
  if (extra.length === 0 && absent.length === 0) return;
  const words = [
    ...(extra.length === 0 ? [] : [`would be uploaded too: ${extra.slice(0, 10).join(', ')}`]),
    ...(absent.length === 0 ? [] : [`would be missing: ${absent.join(', ')}`]),
  ];
  throw new Problem('bad_file', {
    message: `The upload from ${folder} is not what it should be: ${words.join('; ')}.`,
    hint: 'Look at the .gcloudignore there, or reinstall redisdemo.',
    details: { extra, absent },
  });
}
