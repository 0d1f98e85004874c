/** When a tour leaves Cloud Run out before it starts gcloud. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findHome } from '../../src/home.ts';
import { ok } from '../../src/plan/answer.ts';
import type { Systems } from '../../src/plan/systems.ts';
import type { Connection } from '../../src/connection.ts';
import { openUrl } from '../../src/databases/url/connection.ts';
import type { TourContext } from '../../src/stage/tour.ts';
import { unnamed } from '../../src/targets/cloudrun/tour-place.ts';
import { reachable } from '../../src/targets/cloudrun/tour.ts';
import { silentReport } from '../support/silent-report.ts';

const built = mkdtempSync(join(tmpdir(), 'redisdemo-built-'));
for (const name of ['Dockerfile', '.dockerignore', 'service']) writeFileSync(join(built, name), '');
afterAll(() => {
  rmSync(built, { recursive: true });
});

/** Nobody answers but names: gcloud would be a call. */
const systems = { dns: { lookup: () => Promise.resolve(ok(['127.0.0.1'])) } } as unknown as Systems;

function reach(named: { readonly project?: string; readonly given?: Connection }): Promise<unknown> {
  const { project, given } = named;
  const tour: TourContext = {
    places: { home: findHome({ REDISDEMO_HOME: built }), built, version: '0' },
    systems,
    working: { report: silentReport, signal: new AbortController().signal },
    keep: false,
    environment: {},
    given,
    values: { ...(project !== undefined && { project }), region: 'europe-west1' },
  };
  return Promise.resolve().then(async () => {
    const refusal = unnamed(tour);
    if (refusal) throw refusal;
    openUrl(tour);
    await reachable(given, tour);
  });
}

const HERE = { host: '127.0.0.1', port: 6379, tls: false };

it.each<[when: string, named: Parameters<typeof reach>[0], reason: string]>([
  ['no project is named', { given: HERE }, 'no project is named, and it costs some cents'],
  ['no Redis is given', { project: 'demo-project' }, 'no Redis is given'],
  ['the Redis is on this machine', { project: 'demo-project', given: HERE }, '127.0.0.1 is this machine'],
])('%s', async (_when, named, reason) => {
  await expect(reach(named)).rejects.toMatchObject({
    code: 'out_of_reach',
    message: expect.stringContaining(reason) as string,
  });
});
