import type { Home } from '../../../home.ts';
import type { Systems } from '../../../plan/systems.ts';
import type { Working } from '../../../plan/wait.ts';

/** What a release works with. */
export interface ReleaseContext {
  readonly systems: Systems;
  readonly working: Working;
  readonly home: Home;
  readonly explain: boolean;
  /** Yes to everything was said already: a printed script does not ask either. */
  readonly yes: boolean;
  readonly confirm: (question: string, flag: string) => Promise<boolean>;
}
