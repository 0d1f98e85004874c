/** Our service as an image in the registry of a Google Cloud: what is deployed from it needs no build. */
import { fileURLToPath } from 'node:url';
import { eject } from '../../src/image.ts';
import { withFolder } from './cli.ts';
import type { Google } from '../fakes/google/google.ts';

const BUILT = fileURLToPath(new URL('../../dist/', import.meta.url));

export const IMAGE = 'europe-west1-docker.pkg.dev/demo-project/demo/redisdemo:1';

export async function pushService(google: Google, image = IMAGE): Promise<void> {
  await withFolder(async (folder) => {
    await eject(`${folder}/source`, BUILT);
    await google.pushImage(image, `${folder}/source`);
  });
}
