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
