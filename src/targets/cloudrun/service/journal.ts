/** When redisdemo first deployed to a place, stored here too: once the service is gone, nothing else says what it built. */
import { basename, dirname } from 'node:path';
import * as v from 'valibot';
import type { Home } from '../../../home.ts';
import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import { quote } from '../../../script/shell.ts';
import { type CloudRunPlace, NAME, PROJECT } from '../place/place.ts';

/** The values become part of URLs that get the access token. */
const like = (pattern: string) => v.pipe(v.string(), v.regex(new RegExp(`^${pattern}$`)));

const PLACE = v.object({ project: like(PROJECT), region: like(NAME), service: like(NAME) });
const SINCE = v.object({ since: v.pipe(v.number(), v.finite()) });
const RECORD = <T extends v.GenericSchema>(fields: T) => v.pipe(v.string(), v.parseJson(), fields);

export const journalFile = ({ project, region, service }: CloudRunPlace, home: Home): string =>
  home.record(`cloudrun-${project}-${region}-${service}`);

/** Before anything is created: what was not recorded is never found again. */
export async function writeJournal(place: CloudRunPlace, since: number, home: Home, { files }: Systems): Promise<void> {
  const { project, region, service } = place;
  const file = journalFile(place, home);
  if (!(await files.exists(file))) {
    await files.writePrivate(file, JSON.stringify({ since, project, region, service }));
  }
}

/** Seconds; undefined when nothing was deployed there. */
export async function readJournal(place: CloudRunPlace, home: Home, { files }: Systems): Promise<number | undefined> {
  const file = journalFile(place, home);
  const text = await files.readPrivate(file);
  if (text === undefined) return undefined;
  const record = v.safeParse(RECORD(SINCE), text);
  if (record.success) return record.output.since;
  throw new Problem('bad_file', {
    message: `${file} is not the record of a deployment to Cloud Run.`,
    hint: `If nothing of it is left at Google, remove the file: rm ${quote(file)}`,
  });
}

/** Every place that was deployed to from this state folder, and not destroyed since. */
export async function places(home: Home, { files }: Pick<Systems, 'files'>): Promise<readonly CloudRunPlace[]> {
  const folder = dirname(home.record('cloudrun'));
  const names = (await files.list(folder)).filter((name) => /^cloudrun-.*\.json$/.test(name)).toSorted();
  const found = names.map(async (name): Promise<readonly CloudRunPlace[]> => {
    const text = await files.readPrivate(home.record(basename(name, '.json')));
    const record = v.safeParse(RECORD(PLACE), text);
    return record.success ? [record.output] : placesNamed(basename(name, '.json'));
  });
  return (await Promise.all(found)).flat();
}

/** Records of earlier versions have the place in their name only. A name that can mean two places means none. */
function placesNamed(name: string): readonly CloudRunPlace[] {
  const dashes = [...name.matchAll(/-/g)].map(({ index }) => index);
  const readings = dashes.flatMap((start) => {
    const [, region, service] = /^-([a-z]+-[a-z]+\d+)-(.+)$/.exec(name.slice(start)) ?? [];
    const reading = v.safeParse(PLACE, { project: name.slice('cloudrun-'.length, start), region, service });
    return reading.success ? [reading.output] : [];
  });
  return readings.length === 1 ? readings : [];
}
