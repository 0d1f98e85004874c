/** What names of Google Cloud look like, as sources of regular expressions: each becomes part of the paths of its APIs. */

/** A region, a service, a revision, a network. */
export const NAME = '[a-z](?:[a-z0-9-]*[a-z0-9])?';

/**
 * A project: its id, the id with the domain that it belongs to (`example.com:my-project`), or its number.
 * https://cloud.google.com/resource-manager/docs/creating-managing-projects#identifying_projects
 */
export const PROJECT = '(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?:)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
