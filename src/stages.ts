/** The stages, in the order of the tutorial. A new one is a folder and a line here: docs/adding-a-stage.md. */
import { enterprise } from './databases/enterprise/stage.ts';
import { memory } from './databases/memory/stage.ts';
import { stack } from './databases/stack/stage.ts';
import { url } from './databases/url/stage.ts';
import { insight } from './insight/stage.ts';
import type { Stages } from './stage/stage.ts';
import { cloudrun } from './targets/cloudrun/stage.ts';
import { container } from './targets/container/stage.ts';
import { local } from './targets/local/stage.ts';

export const STAGES: Stages = [memory, stack, enterprise, url, insight, local, container, cloudrun];
