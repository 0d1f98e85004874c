/** The variables of the settings of Redis Enterprise. */
export const VARIABLES = {
  image: 'REDISDEMO_ENTERPRISE_IMAGE',
  port: 'REDISDEMO_ENTERPRISE_PORT',
  apiPort: 'REDISDEMO_ENTERPRISE_API_PORT',
  uiPort: 'REDISDEMO_ENTERPRISE_UI_PORT',
  url: 'REDISDEMO_ENTERPRISE_URL',
  username: 'REDISDEMO_ENTERPRISE_USER',
  passwordFile: 'REDISDEMO_ENTERPRISE_PASSWORD_FILE',
} as const;
