/** RedisInsight as a stage. */
import { onePlan } from '../stage/one-plan.ts';
import type { StageWork } from '../stage/work.ts';
import { foundInsightPlan } from './plan.ts';

export const insightStage: StageWork = onePlan(({ places, systems }) => foundInsightPlan(places.home, systems));
