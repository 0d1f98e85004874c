/** When we first made a service, kept here too: after the service is gone nothing else says which images were ours. */
import * as v from 'valibot';
import type { Home } from '../../../home.ts';
import type { Systems } from '../../../plan/systems.ts';
import { quote } from '../../../script/shell.ts';
import { Problem } from '../../../problem.ts';
import type { CloudRunPlace } from './settings.ts';

const RECORD = v.object({ since: v.pipe(v.number(), v.finite()) });

export const journalFile = ({ project, region, service }: CloudRunPlace, home: Home): string =>
  home.record(`cloudrun-${project}-${region}-${service}`);

/** Before anything is made: what is made and not written down is never found again. */
export async function writeJournal(place: CloudRunPlace, since: number, home: Home, { files }: Systems): Promise<void> {
  const file = journalFile(place, home);
  if (!(await files.exists(file))) await files.writePrivate(file, JSON.stringify({ since }));
}

/** Seconds; undefined when we have made none. */
export async function readJournal(place: CloudRunPlace, home: Home, { files }: Systems): Promise<number | undefined> {
  const file = journalFile(place, home);
  const text = await files.readPrivate(file);
  if (text === undefined) return undefined;
  const record = v.safeParse(v.pipe(v.string(), v.parseJson(), RECORD), text);
  if (record.success) return record.output.since;
  throw new Problem('bad_setting', {
    message: `${file} is not the record of a deployment to Cloud Run.`,
    hint: `If nothing of it is left at Google, remove the file: rm ${quote(file)}`,
  });
}
