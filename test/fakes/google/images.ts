/** Container images by name, tag and digest: OCI distribution specification 1.1. A tag moves to the newest image. */
import type { ImageContent } from './image-build.ts';

export interface Image {
  /** `europe-west1-docker.pkg.dev/project/repository/image` */
  readonly name: string;
  /** `sha256:…` */
  readonly digest: string;
  readonly tags: string[];
  readonly uploaded: string;
  /** As Docker calls it. Cloud Run runs amd64 only. */
  readonly architecture: string;
  readonly content: ImageContent;
}

export function pushInto(images: Image[], image: Omit<Image, 'uploaded'>): void {
  for (const { name, tags } of images) {
    for (const tag of image.tags) {
      if (name === image.name && tags.includes(tag)) tags.splice(tags.indexOf(tag), 1);
    }
  }
  const known = images.find(({ name, digest }) => name === image.name && digest === image.digest);
  if (known) known.tags.push(...image.tags);
  else images.push({ ...image, uploaded: new Date().toISOString() });
}

/** By `name@digest`, `name:tag` or `name`, which means `latest`. */
export function findIn(images: readonly Image[], reference: string): Image | undefined {
  const [, wanted = '', tag = 'latest', digest] = /^([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(reference) ?? [];
  return images
    .filter(({ name }) => name === wanted)
    .find((image) => (digest === undefined ? image.tags.includes(tag) : image.digest === digest));
}
