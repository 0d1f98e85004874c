/** What may go up to Google from the folder of the built project: the Dockerfile and the service, and nothing else. */
import { describe, expect, it } from 'vitest';
import { absent, ok } from '../../src/plan/answer.ts';
import type { Calls } from '../../src/plan/systems.ts';
import { checkUpload } from '../../src/targets/cloudrun/preflight/upload.ts';

const { signal } = new AbortController();
const SOURCE = { kind: 'folder', folder: '/dist', digest: 'abc' } as const;
const GOOD = ['.dockerignore', 'Dockerfile', 'service/server.js', 'service/static/swagger-ui.css'];

/** A gcloud that lists these files. */
const listing = (files: readonly string[]): { readonly calls: Calls } => ({
  calls: {
    send: () => Promise.resolve(ok({ status: 0, text: files.join('\n') })),
    ask: () => Promise.resolve(absent('it is only listed')),
  },
});

describe('the list of files that gcloud would upload', () => {
  it('is as it should be', async () => {
    await expect(checkUpload(SOURCE, listing(GOOD), signal)).resolves.toBeUndefined();
    await expect(
      checkUpload(SOURCE, listing(GOOD.map((file) => file.replace('/', '\\'))), signal),
    ).resolves.toBeUndefined();
  });

  it.each(['.env', 'key.pem', 'node_modules/left-pad/index.js', 'cli/main.js', 'service.key'])(
    'has %s in it',
    async (extra) => {
      await expect(checkUpload(SOURCE, listing([...GOOD, extra]), signal)).rejects.toMatchObject({
        code: 'bad_file',
        details: { extra: [extra], absent: [] },
      });
    },
  );

  it('lacks what the image is built from', async () => {
    await expect(checkUpload(SOURCE, listing(['.dockerignore', 'Dockerfile']), signal)).rejects.toMatchObject({
      details: { absent: ['service/server.js'] },
    });
  });

  it('does not matter for an image', async () => {
    await expect(checkUpload({ kind: 'image', image: 'x' }, listing(['.env']), signal)).resolves.toBeUndefined();
  });
});
