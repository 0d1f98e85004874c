/**
 * Artifact Registry: repositories of container images.
 *
 * Source: cloud.google.com/artifact-registry/docs/reference/rest/v1 (repositories, dockerImages, packages, versions,
 * tags, operations), as gcloud 528 calls it for `artifacts docker images list|delete` and `run deploy --source`. Only
 * the REST side: nothing is pushed to REGION-docker.pkg.dev or pulled from it.
 */
import { randomUUID } from 'node:crypto';
import { Refusal, type Json, type Route, type RoutedCall } from './exchange.ts';
import { describe, dockerImagePath, packagePath } from './image-description.ts';
import { findIn, pushInto, type Image } from './images.ts';
import type { Project } from './project.ts';

const HOST = 'artifactregistry.googleapis.com';
const PLACE = `${HOST}/v1/projects/{project}/locations/{location}`;
const REPOSITORY = `${PLACE}/repositories/{repository}`;

export interface ArtifactRegistry {
  /** `projects/…/locations/…/repositories/…` */
  readonly repositories: ReadonlySet<string>;
  readonly images: () => readonly Image[];
  readonly push: (image: Omit<Image, 'uploaded'>) => void;
  /** By `name@digest`, `name:tag` or `name`, which means `latest`. */
  readonly find: (reference: string) => Image | undefined;
  readonly routes: readonly Route[];
}

export function createArtifactRegistry({ id, number }: Project): ArtifactRegistry {
  const repositories = new Map<string, Json>();
  const images: Image[] = [];
  const operations = new Map<string, Json>();
  const finish = (response: Json): Json => {
    const name = `projects/${id}/locations/-/operations/${randomUUID()}`;
    const operation = { name, done: true, response, metadata: {} };
    operations.set(name, operation);
    return operation;
  };
  const pathOf = ({ params }: RoutedCall): string =>
    `projects/${id}/locations/${params['location'] ?? ''}/repositories/${params['repository'] ?? ''}`;
  const repository = (call: RoutedCall): Json => {
    const found = repositories.get(pathOf(call));
    if (found) return found;
    throw new Refusal('NOT_FOUND', 'Requested entity was not found.');
  };
  const prefix = ({ params }: RoutedCall): string =>
    `${params['location'] ?? ''}-docker.pkg.dev/${id}/${params['repository'] ?? ''}/`;
  const of = (call: RoutedCall): Image[] => {
    const name = call.params['package'];
    const from = prefix(call);
    return images.filter((image) => image.name.startsWith(from) && (name === undefined || image.name === from + name));
  };
  const remove = (gone: readonly Image[]): Json => {
    if (gone.length === 0) throw new Refusal('NOT_FOUND', 'Requested entity was not found.');
    for (const image of gone) images.splice(images.indexOf(image), 1);
    return finish({});
  };
  const version = (image: Image): Json => ({
    name: `${packagePath(image, id)}/versions/${image.digest}`,
    createTime: image.uploaded,
    updateTime: image.uploaded,
    relatedTags: image.tags.map((tag) => ({ name: `${packagePath(image, id)}/tags/${tag}` })),
    metadata: { name: dockerImagePath(image, id) },
  });
  const tagsOf = (call: RoutedCall): Json[] =>
    of(call).flatMap((image) =>
      image.tags.map((tag) => ({
        name: `${packagePath(image, id)}/tags/${tag}`,
        version: `${packagePath(image, id)}/versions/${image.digest}`,
      })),
    );
  const needs = (what: string): string => `artifactregistry.${what}`;
  const routes: readonly Route[] = [
    { on: `GET ${REPOSITORY}`, needs: needs('repositories.get'), answer: repository },
    {
      on: `GET ${PLACE}/repositories`,
      needs: needs('repositories.list'),
      answer: () => ({ repositories: [...repositories.values()] }),
    },
    {
      on: `POST ${PLACE}/repositories`,
      needs: needs('repositories.create'),
      answer: ({ params, query, json }) => {
        const name = `projects/${id}/locations/${params['location'] ?? ''}/repositories/${query.get('repositoryId') ?? ''}`;
        if (repositories.has(name)) throw new Refusal('ALREADY_EXISTS', 'the repository already exists');
        const created = { ...json, name, createTime: new Date().toISOString(), mode: 'STANDARD_REPOSITORY' };
        repositories.set(name, created);
        return finish(created);
      },
    },
    {
      on: `DELETE ${REPOSITORY}`,
      needs: needs('repositories.delete'),
      answer: (call) => {
        repository(call);
        repositories.delete(pathOf(call));
        const gone = of(call);
        return gone.length > 0 ? remove(gone) : finish({});
      },
    },
    {
      on: `GET ${PLACE}/operations/{operation}`,
      answer: ({ params }) =>
        operations.get(`projects/${id}/locations/-/operations/${params['operation'] ?? ''}`) ?? {},
    },
    {
      on: `GET ${REPOSITORY}/dockerImages`,
      needs: needs('dockerimages.list'),
      answer: (call) => {
        repository(call);
        return { dockerImages: of(call).map((image) => describe(image, id)) };
      },
    },
    {
      on: `GET ${REPOSITORY}/packages`,
      needs: needs('packages.list'),
      answer: (call) => {
        repository(call);
        const names = new Set(of(call).map((image) => packagePath(image, id)));
        return { packages: [...names].map((name) => ({ name })) };
      },
    },
    {
      on: `DELETE ${REPOSITORY}/packages/{package}`,
      needs: needs('packages.delete'),
      answer: (call) => remove(of(call)),
    },
    {
      on: `GET ${REPOSITORY}/packages/{package}/versions`,
      needs: needs('versions.list'),
      answer: (call) => ({ versions: of(call).map(version) }),
    },
    {
      on: `GET ${REPOSITORY}/packages/{package}/versions/{version+}`,
      needs: needs('versions.get'),
      answer: (call) => {
        const image = of(call).find(({ digest }) => digest === call.params['version']);
        if (image) return version(image);
        throw new Refusal('NOT_FOUND', 'Requested entity was not found.');
      },
    },
    {
      on: `DELETE ${REPOSITORY}/packages/{package}/versions/{version+}`,
      needs: needs('versions.delete'),
      answer: (call) => {
        const gone = of(call).filter(({ digest }) => digest === call.params['version']);
        const isTagged = gone.some(({ tags }) => tags.length > 0) && call.query.get('force') !== 'true';
        if (!isTagged) return remove(gone);
        throw new Refusal('FAILED_PRECONDITION', 'cannot delete version because it is tagged');
      },
    },
    {
      on: `GET ${REPOSITORY}/packages/{package}/tags`,
      needs: needs('tags.list'),
      answer: (call) => ({ tags: tagsOf(call) }),
    },
    {
      on: `GET ${REPOSITORY}/packages/{package}/tags/{tag}`,
      needs: needs('tags.get'),
      answer: (call) => {
        const tag = tagsOf(call).find(({ name }) => String(name).endsWith(`/tags/${call.params['tag'] ?? ''}`));
        if (tag) return tag;
        throw new Refusal('NOT_FOUND', 'Requested entity was not found.');
      },
    },
    {
      on: `DELETE ${REPOSITORY}/packages/{package}/tags/{tag}`,
      needs: needs('tags.delete'),
      answer: (call) => {
        for (const { tags } of of(call)) {
          const at = tags.indexOf(call.params['tag'] ?? '');
          if (at !== -1) tags.splice(at, 1);
        }
        return {};
      },
    },
    { on: `GET ${PLACE}`, answer: ({ params }) => ({ name: `projects/${id}/locations/${params['location'] ?? ''}` }) },
    {
      on: `GET ${HOST}/v1/projects/{project}/settings`,
      answer: () => ({
        name: `projects/${number}/settings`,
        legacyRedirectionState: 'REDIRECTION_FROM_GCR_IO_DISABLED',
      }),
    },
  ];
  return {
    get repositories() {
      return new Set(repositories.keys());
    },
    images: () => images,
    push: (image) => {
      pushInto(images, image);
    },
    find: (reference) => findIn(images, reference),
    routes,
  };
}
