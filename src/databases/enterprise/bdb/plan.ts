import { passwordAction } from '../../../plan/action.ts';
import type { Api } from '../../../plan/call.ts';
import type { Plan } from '../../../plan/plan.ts';
import type { BdbSettings } from './settings.ts';
import { bdbSteps } from './steps.ts';

/** A database whose password redisdemo stores. */
export interface StoredBdbSettings extends BdbSettings {
  readonly password: { readonly file: string };
}

/** The id of the step that makes its password. */
export const BDB_PASSWORD = 'database-password';

/** A database beside the one of the stage, on any cluster. @param given a file with its password; absent: it is generated */
export function bdbPlan(api: Api, settings: StoredBdbSettings, given: string | undefined): Plan {
  const { name, password } = settings;
  return {
    title: `The database ${name} at ${api.url}`,
    steps: [
      {
        id: BDB_PASSWORD,
        title: `make the password of ${name}`,
        action: passwordAction(password.file, given),
      },
      ...bdbSteps(api, settings),
    ],
  };
}
