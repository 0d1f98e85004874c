/** The list of stages with one database and one target more. */
import { STAGES as OURS } from '../../../src/stages.ts';
import type { Stages } from '../../../src/stage/stage.ts';
import { tinyDatabase } from './database.ts';
import { tinyTarget } from './target.ts';

export const STAGES: Stages = [...OURS, tinyDatabase, tinyTarget];
