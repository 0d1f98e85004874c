import { resolve } from 'node:path';
import { eject, serviceImage } from '../image.ts';
import { createdTitles } from '../plan/results.ts';
import { line } from '../report.ts';
import type { Invocation } from '../command/invocation.ts';
import type { planSettings } from '../command/docker-options.ts';
import type { imageSettings } from './image-options.ts';
import type { Values } from '../command/setting.ts';
import { make, scriptResult } from '../command/plans.ts';

export async function imageBuild(
  values: Values<typeof imageSettings & typeof planSettings>,
  invocation: Invocation,
): Promise<void> {
  const { places, finish } = invocation;
  const { name, plan } = await serviceImage(places.built, places.version, values.platform);
  if (values.print) {
    finish(scriptResult(plan));
    return;
  }
  const results = await make(plan, { explain: values.explain, undo: 'redisdemo destroy container' }, invocation);
  finish({ data: { image: name, created: createdTitles(results) }, view: [line(`The image is ${name}.`, 'good')] });
}

export async function imageEject(folder: string, { places, finish }: Invocation): Promise<void> {
  const files = await eject(resolve(folder), places.built);
  finish({
    data: { folder: resolve(folder), files },
    view: [line(`${folder} has all that it takes. Go on with: docker build ${folder}`, 'good')],
  });
}
