/** Where a service is on Google Cloud, and the names that follow from it. */

export interface CloudRunPlace {
  readonly project: string;
  readonly region: string;
  /** Its name. */
  readonly service: string;
}

/** With the region in which Google builds its image, where that is another one. */
export interface BuildPlace extends CloudRunPlace {
  readonly buildRegion?: string | undefined;
}

export const DEFAULT_REGION = 'europe-west1';
export const DEFAULT_SERVICE = 'redisdemo';

/** Where the builds of a service are. */
export function buildPlace({ project, region, service, buildRegion = region }: BuildPlace): CloudRunPlace {
  return { project, region: buildRegion, service };
}

export const secretName = ({ service }: CloudRunPlace): string => `${service}-redispass`;

/** For this one service, whatever project and region are set elsewhere. */
export function commandFor(words: string, { project, region, service }: CloudRunPlace): string {
  return `redisdemo ${words} --project ${project} --region ${region} --service ${service}`;
}
/** What names of Google Cloud look like, as sources of regular expressions: each becomes part of the paths of its APIs. */

/** A region, a service, a revision, a network. */
export const NAME = '[a-z](?:[a-z0-9-]*[a-z0-9])?';

/**
 * A project: its id, the id with the domain that it belongs to (`example.com:my-project`), or its number.
 * https://cloud.google.com/resource-manager/docs/creating-managing-projects#identifying_projects
 */
export const PROJECT = '(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?:)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
/** The variables of the settings of Cloud Run. */
export const VARIABLES = {
  project: 'REDISDEMO_PROJECT',
  region: 'REDISDEMO_REGION',
  service: 'REDISDEMO_SERVICE',
  db: 'REDISDEMO_CLOUDRUN_DB',
} as const;
