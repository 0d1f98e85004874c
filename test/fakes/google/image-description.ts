/** Images as Artifact Registry answers them: cloud.google.com/artifact-registry/docs/reference/rest/v1. */
import type { Json } from './exchange.ts';
import type { Image } from './images.ts';

function split({ name }: Image): { location: string; repository: string; image: string } {
  const [host = '', , repository = '', ...rest] = name.split('/');
  return { location: host.replace('-docker.pkg.dev', ''), repository, image: rest.join('/') };
}

export function packagePath(image: Image, id: string): string {
  const { location, repository, image: name } = split(image);
  return `projects/${id}/locations/${location}/repositories/${repository}/packages/${encodeURIComponent(name)}`;
}

export function dockerImagePath(image: Image, id: string): string {
  const { location, repository, image: name } = split(image);
  return `projects/${id}/locations/${location}/repositories/${repository}/dockerImages/${name}@${image.digest}`;
}

export function describe(image: Image, id: string): Json {
  return {
    name: dockerImagePath(image, id),
    uri: `${image.name}@${image.digest}`,
    tags: image.tags,
    imageSizeBytes: '65000000',
    uploadTime: image.uploaded,
    buildTime: image.uploaded,
    updateTime: image.uploaded,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  };
}
