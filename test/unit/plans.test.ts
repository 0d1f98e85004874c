/** What every stage must hold, whatever it makes: its plan is data, so it can be asked. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { enterprisePlan } from '../../src/databases/enterprise/enterprise.ts';
import { ENTERPRISE_DEFAULTS } from '../../src/databases/enterprise/settings.ts';
import { findHome } from '../../src/home.ts';
import type { Action, Effect } from '../../src/plan/action.ts';
import type { Plan, Step } from '../../src/plan/plan.ts';
import { explain } from '../../src/script/explain.ts';
import { printPlan } from '../../src/script/print.ts';
import { removalPlan } from '../../src/targets/cloudrun/release/destroy.ts';
import { PLANS } from '../support/all-plans.ts';
import { CLOUD_RUN } from '../support/cloudrun-plans.ts';

const home = findHome({ REDISDEMO_HOME: '/home/demo/state' });

/** What we make on Google Cloud goes with another plan: `redisdemo destroy cloudrun`. */
it('takes away on Cloud Run what it makes there', async () => {
  const names = (plan: Plan): readonly string[] =>
    plan.steps.flatMap(({ action }) =>
      action.kind === 'resource' ? [action.thing.split(' ').slice(0, 2).join(' ')] : [],
    );
  const removal = removalPlan(CLOUD_RUN, { built: [], ongoing: [] });
  const made = names(PLANS['Cloud Run, a first deployment'] ?? removal);
  expect(made).toEqual(expect.arrayContaining(['secret redisdemo-redispass', 'service redisdemo']));
  expect(names(removal)).toEqual(['secret redisdemo-redispass', 'service redisdemo']);
  expect(await Promise.all(removal.steps.map(removeLine))).not.toContain(undefined);
});

/** Facts that a text or a value uses. */
function factsUsed(value: unknown): string[] {
  const text = JSON.stringify(value);
  return [...text.matchAll(/\{\{([A-Z0-9_]+)\}\}|"\$fact":"([A-Z0-9_]+)"/g)].map(
    ([, one, other]) => one ?? other ?? '',
  );
}

function factOf(action: Action): string | undefined {
  return 'fact' in action ? action.fact : undefined;
}

const files = { readPrivate: () => Promise.resolve(undefined), readSecret: () => Promise.resolve('password') };
const removeLine = ({ action }: Step) => explain(action as Effect, 'remove', files);

/** Leave nothing of their own: the engine's cache, questions, and what goes with its container. */
const isRemovedOtherwise = ({ action }: Step): boolean =>
  ['pullImage', 'resource', 'lookup'].includes(action.kind) ||
  (action.kind === 'file' && action.content?.from === 'text');

describe.each(Object.entries(PLANS))('the plan of %s', (_name, plan) => {
  it('prints a script that a POSIX shell can read', () => {
    const script = printPlan(plan);
    expect(() => execFileSync('sh', ['-n'], { input: script })).not.toThrow();
    expect(script).not.toMatch(/\{\{[A-Z]|undefined|\[object/);
  });

  it('has each step once, with an id, and says it as an imperative', () => {
    expect(new Set(plan.steps.map(({ id }) => id)).size).toBe(plan.steps.length);
    const titles = plan.steps.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    for (const title of titles) expect(title).toMatch(/^[a-z]+ /);
  });

  it('captures every fact before it is used', () => {
    const captured = new Set<string>();
    for (const { action } of plan.steps) {
      expect([...captured]).toEqual(expect.arrayContaining(factsUsed(action)));
      const fact = factOf(action);
      if (fact !== undefined) captured.add(fact);
    }
  });

  it('can take away all that it makes', async () => {
    const made = plan.steps.filter((step) => !isRemovedOtherwise(step));
    const lines = await Promise.all(made.map(removeLine));
    expect(made.filter((_, index) => lines[index] === undefined).map(({ title }) => title)).toEqual([]);
  });

  it('gives every wait a limit and a reason', () => {
    for (const { ready } of plan.steps) {
      if (!ready) continue;
      expect(ready.limitMs).toBeGreaterThan(1000);
      expect(ready.what).not.toBe('');
    }
  });

  it('publishes on 127.0.0.1 only', () => {
    const script = printPlan(plan);
    const published = [...script.matchAll(/--publish (\S+)/g)].map(([, binding = '']) => binding);
    expect(published.filter((binding) => !binding.startsWith('127.0.0.1:'))).toEqual([]);
  });
});

it('asks for SYS_RESOURCE and nothing more for Redis Enterprise', () => {
  const script = printPlan(enterprisePlan(ENTERPRISE_DEFAULTS, home));
  expect([...script.matchAll(/--cap-add (\S+)/g)].map(([, name]) => name)).toEqual(['SYS_RESOURCE']);
  expect(script).not.toContain('--privileged');
});
