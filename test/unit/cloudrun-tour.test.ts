/** When a tour leaves Cloud Run out before it starts gcloud. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findHome } from '../../src/home.ts';
import { ok } from '../../src/plan/answer.ts';
import type { Systems } from '../../src/plan/systems.ts';
import { reachCloudRun } from '../../src/tour/cloudrun.ts';
import type { CloudWish } from '../../src/tour/rung.ts';
import { silentReport } from '../support/silent-report.ts';

const built = mkdtempSync(join(tmpdir(), 'redisdemo-built-'));
for (const name of ['Dockerfile', '.dockerignore', 'service']) writeFileSync(join(built, name), '');
afterAll(() => {
  rmSync(built, { recursive: true });
});

/** Nobody answers but names: gcloud would be a call. */
const systems = { names: { lookup: () => Promise.resolve(ok(['127.0.0.1'])) } } as unknown as Systems;

function reach(cloud: Partial<CloudWish>): Promise<unknown> {
  return reachCloudRun({
    places: { home: findHome({ REDISDEMO_HOME: built }), built, version: '0' },
    systems,
    working: { report: silentReport, signal: new AbortController().signal },
    keep: false,
    cloud: { project: undefined, region: 'europe-west1', connection: undefined, ...cloud },
  });
}

const HERE = { host: '127.0.0.1', port: 6379, tls: false };

it.each<[when: string, cloud: Partial<CloudWish>, reason: string]>([
  ['no project is named', { connection: HERE }, 'no project is named, and it costs some cents'],
  ['no Redis is given', { project: 'demo-project' }, 'no Redis is given'],
  ['the Redis is on this machine', { project: 'demo-project', connection: HERE }, '127.0.0.1 is this machine'],
])('%s', async (_when, cloud, reason) => {
  await expect(reach(cloud)).rejects.toMatchObject({
    code: 'out_of_reach',
    message: expect.stringContaining(reason) as string,
  });
});
