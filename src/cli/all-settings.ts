import { cloudRunSettings } from './cloudrun-options.ts';
import { envSettings, insightSettings, stackUpSettings, upSettings } from './docker-options.ts';
import { bootstrapSettings, databaseCreateSettings, enterpriseUpSettings } from './enterprise-options.ts';
import { common, serveSettings, smokeSettings, type Setting } from './options.ts';

const tables: readonly Readonly<Record<string, Setting>>[] = [
  serveSettings,
  smokeSettings,
  stackUpSettings,
  upSettings,
  envSettings,
  insightSettings,
  enterpriseUpSettings,
  bootstrapSettings,
  databaseCreateSettings,
  cloudRunSettings,
  common,
];

export const allSettings: readonly Setting[] = tables.flatMap((table) => Object.values(table));
