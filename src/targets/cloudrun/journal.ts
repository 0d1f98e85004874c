/** When we first made a service, kept here too: after the service is gone nothing else says which images were ours. */
import type { Home } from '../../home.ts';
import type { Systems } from '../../plan/systems.ts';
import type { CloudRunPlace } from './settings.ts';

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
  if (!(await files.exists(file))) return undefined;
  const { since } = JSON.parse(await files.readSecret({ file })) as { since: number };
  return since;
}
