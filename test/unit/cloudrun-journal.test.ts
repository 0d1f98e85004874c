import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findHome } from '../../src/home.ts';
import type { Systems } from '../../src/plan/systems.ts';
import { listPrivate, readPrivate, writePrivate } from '../../src/systems/files/private-files.ts';
import { journalFile, places, readJournal, writeJournal } from '../../src/targets/cloudrun/service/journal.ts';

const folder = mkdtempSync(join(tmpdir(), 'redisdemo-journal-'));
const home = findHome({ REDISDEMO_HOME: join(folder, 'home') });
const systems = {
  files: {
    exists: async (file: string) => (await readPrivate(file)) !== undefined,
    list: listPrivate,
    readPrivate,
    writePrivate,
  },
} as unknown as Systems;

afterEach(() => {
  rmSync(join(folder, 'home'), { recursive: true, force: true });
});

const place = { project: 'demo-project', region: 'europe-west1', service: 'shop-2' };
const earlier = (name: string) => writePrivate(home.record(name), '{"since":1}');

test('a state folder without records has no places', async () => {
  expect(await places(home, systems)).toEqual([]);
});

test('a place is found by its record', async () => {
  await writeJournal(place, 7, home, systems);
  await writePrivate(home.record('service'), '{}');
  expect(await places(home, systems)).toEqual([place]);
  expect(await readJournal(place, home, systems)).toBe(7);
});

test('a record is written once', async () => {
  await writeJournal(place, 7, home, systems);
  await writeJournal(place, 8, home, systems);
  expect(await readJournal(place, home, systems)).toBe(7);
});

test('a record of an earlier version is read by its name', async () => {
  await earlier('cloudrun-demo-project-europe-west1-shop-2');
  await earlier('cloudrun-123456-northamerica-northeast1-shop');
  await earlier('cloudrun-example.com:demo-us-central1-shop');
  expect(await places(home, systems)).toEqual([
    { project: '123456', region: 'northamerica-northeast1', service: 'shop' },
    place,
    { project: 'example.com:demo', region: 'us-central1', service: 'shop' },
  ]);
  expect(await readJournal(place, home, systems)).toBe(1);
});

test('a name that can mean two places, or none, is left out', async () => {
  await earlier('cloudrun-a-my-project1-europe-west1-shop');
  await earlier('cloudrun-something-else');
  await earlier('cloudrun-Demo-europe-west1-shop');
  expect(await places(home, systems)).toEqual([]);
});

test('a record that was damaged is read by its name', async () => {
  await writePrivate(journalFile(place, home), 'not JSON');
  expect(await places(home, systems)).toEqual([place]);
});
