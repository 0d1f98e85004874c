/** Lists that Google gives in pages, and logs of any kind of entry: what is not on the first page is there too. */
import { expect, it } from 'vitest';
import { failed, ok } from '../../src/plan/answer.ts';
import type { CommandCall } from '../../src/plan/call.ts';
import { callSystem } from '../../src/systems/calls/calls.ts';
import { newestBuild, ongoingSteps } from '../../src/targets/cloudrun/build/builds.ts';
import { NO_CONTEXT } from '../../src/targets/cloudrun/failures/failure.ts';
import type { GoogleApi } from '../../src/targets/cloudrun/google/google-api.ts';
import { explainFailure } from '../../src/targets/cloudrun/release/diagnosis.ts';

const PLACE = { project: 'demo-project', region: 'europe-west1', service: 'redisdemo' };
const SILENT = {
  say: () => undefined,
  begin: () => ({ update: () => undefined, end: () => undefined }),
  log: () => undefined,
};
const WORKING = { report: SILENT, signal: new AbortController().signal };

it('the newest build is found behind pages that are empty', async () => {
  const asked: string[] = [];
  const id = await newestBuild(PLACE, {
    caller: 'user:a@b.c',
    ask: ({ rest }) => {
      const { url = '' } = rest ?? {};
      asked.push(url);
      return Promise.resolve(
        ok(url.includes('pageToken=a%2Fb') ? { builds: [{ id: 'one' }] } : { nextPageToken: 'a/b' }),
      );
    },
  });
  expect(id).toBe('one');
  expect(asked).toHaveLength(2);
  const endless = { caller: '', ask: () => Promise.resolve(ok({ nextPageToken: 'a' })) };
  expect(await newestBuild(PLACE, endless)).toBeUndefined();
});

it('builds of which Google gave one page only are asked of gcloud', async () => {
  let call: CommandCall | undefined;
  const ask = (asked: CommandCall) => {
    call = asked;
    return Promise.resolve(ok([]));
  };
  await ongoingSteps(PLACE, 0, { caller: 'user:a@b.c', ask });
  expect(call?.rest?.printed?.({ builds: [{ id: 'one' }] })).toBe('[{"id":"one"}]');
  expect(call?.rest?.printed?.({ builds: [{ id: 'one' }], nextPageToken: 'more' })).toBeUndefined();
});

it('a failure is explained by entries of the log of every kind, and one that is busy is asked again', async () => {
  const message = 'Permission denied on secret: projects/1/secrets/s/versions/1 for Revision service account a@b.c.';
  const entry = { timestamp: '2026-01-01T00:00:00Z', insertId: 'a', protoPayload: { status: { message } } };
  let tries = 0;
  const calls = callSystem({ send: () => Promise.resolve(failed('not asked')) }, () => {
    tries += 1;
    const isBusy = tries === 1;
    return Promise.resolve(
      isBusy ? failed('HTTPError 503: Service Unavailable') : ok({ status: 0, text: JSON.stringify([entry]) }),
    );
  });
  const google: GoogleApi = {
    caller: 'user:a@b.c',
    ask: (call, select = '.') => calls.ask({ call, select }, WORKING.signal, WORKING),
  };
  const what = { said: 'Revision is not ready.', revision: 'r', service: undefined, lastBuild: undefined };
  const { code, message: words } = await explainFailure(what, { ...NO_CONTEXT, ...PLACE }, google);
  expect(words).toContain('The account of the service may not read its secret.');
  expect(words).toContain(`  ${message}`);
  expect([code, tries]).toEqual(['not_permitted', 2]);
});
