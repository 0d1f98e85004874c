export interface CloudRunPlace {
  readonly project: string;
  readonly region: string;
  readonly service: string;
}

export interface BuildPlace extends CloudRunPlace {
  readonly buildRegion?: string | undefined;
}

export const DEFAULT_REGION = 'europe-west1';
export const DEFAULT_SERVICE = 'redisdemo';

export function buildPlace({ project, region, service, buildRegion = region }: BuildPlace): CloudRunPlace {
  return { project, region: buildRegion, service };
}

export const secretName = ({ service }: CloudRunPlace): string => `${service}-redispass`;

export function commandFor(words: string, { project, region, service }: CloudRunPlace): string {
  return `redisdemo ${words} --project ${project} --region ${region} --service ${service}`;
}
/** A region, a service, a revision or a network, as the source of a regular expression: it becomes part of API paths. */
export const NAME = '[a-z](?:[a-z0-9-]*[a-z0-9])?';

/**
 * A project: its id, the id with the domain that it belongs to (`example.com:my-project`), or its number.
 * https://cloud.google.com/resource-manager/docs/creating-managing-projects#identifying_projects
 */
export const PROJECT = '(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?:)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
