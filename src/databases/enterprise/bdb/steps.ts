import type { Lookup } from '../../../plan/action.ts';
import type { Api, Question, RestCall } from '../../../plan/call.ts';
import type { Plan, Step } from '../../../plan/plan.ts';
import { get } from '../rest/question.ts';
import { bdbRefusals } from '../rest/refusals.ts';
import { passwordStep } from '../settings.ts';
import { enoughLeft } from './capacity.ts';
import { existing, objectionsTo } from './differences.ts';
import { publishedPortAnswers } from './endpoint.ts';
import { firstBdb } from './lookup.ts';
import { modulesMissing, NEWEST_VERSION, versionMembers } from './modules.ts';
import { bdbReady } from './ready.ts';
import { bdbBody, type BdbSettings } from './settings.ts';

export const BDB_PASSWORD = 'database-password';
export const CREATE_BDB = 'database';
const LIMIT_MS = 180_000;
const RETRY_MS = 60_000;
/** For some seconds after the bootstrap the cluster refuses versions that its nodes report (redisctl#1081). */
const RETRYABLE = ['invalid_version'];

const VERSION_FACT = 'REDIS_VERSION';
const MEMBERS_FACT = 'VERSIONS';

/** @param given a file with the password; absent: it is generated */
export function bdbPlan(api: Api, settings: BdbSettings, given: string | undefined): Plan {
  const { name, password } = settings;
  return {
    title: `The database ${name} at ${api.url}`,
    steps: [passwordStep(BDB_PASSWORD, name, password, given), ...bdbSteps(api, settings)],
  };
}

export function bdbSteps(api: Api, settings: BdbSettings): Step[] {
  const lookup = (fact: string, find: Question): Lookup => ({ kind: 'lookup', thing: fact, find, fact });
  return [
    {
      id: 'redis-version',
      title: 'find the Redis version of the cluster',
      action: lookup(VERSION_FACT, get(api, '/v1/nodes', NEWEST_VERSION)),
      retryForMs: RETRY_MS,
    },
    {
      id: 'modules',
      title: 'find the modules for it',
      action: lookup(MEMBERS_FACT, {
        ...get(api, '/v1/modules', versionMembers(VERSION_FACT)),
        objections: [modulesMissing(VERSION_FACT)],
      }),
      retryForMs: RETRY_MS,
    },
    createStep(api, settings),
  ];
}

function createStep(api: Api, settings: BdbSettings): Step {
  const { name, endpoint, own } = settings;
  const create: RestCall = { api, method: 'POST', path: '/v1/bdbs', body: bdbBody(settings, MEMBERS_FACT) };
  const there = existing(api, settings);
  const find = { ...there, objections: objectionsTo(there, settings) };
  // A database without a status may be active: `look` then checks whether it answers.
  const active = firstBdb(api, { name }, '.status == null or .status == "active"');
  return {
    id: CREATE_BDB,
    title: `create database ${name}`,
    action: { kind: 'resource', thing: `database ${name}`, find, create },
    retryForMs: RETRY_MS,
    needs: (systems, working) => enoughLeft(api, settings, { systems, ...working }),
    retryable: RETRYABLE,
    dryRun: { ...create, path: '/v1/bdbs?dry_run' },
    refusal: bdbRefusals(own),
    ready: {
      what: `database ${name}`,
      limitMs: LIMIT_MS,
      until: { kind: 'all', of: [{ kind: 'selected', question: active }, ...publishedPortAnswers(endpoint)] },
      look: bdbReady(api, name, endpoint),
    },
  };
}
