/** The variables of the settings of Redis Stack. */
export const VARIABLES = {
  image: 'REDISDEMO_STACK_IMAGE',
  port: 'REDISDEMO_STACK_PORT',
  insightPort: 'REDISDEMO_STACK_INSIGHT_PORT',
} as const;
