/** The variables of the settings of Cloud Run. */
export const VARIABLES = {
  project: 'REDISDEMO_PROJECT',
  region: 'REDISDEMO_REGION',
  service: 'REDISDEMO_SERVICE',
  db: 'REDISDEMO_CLOUDRUN_DB',
} as const;
