import { findStack } from '../../databases/stack.ts';
import { insightPlan } from '../../insight.ts';
import { Problem } from '../../problem.ts';
import { line } from '../../report.ts';
import type { Invocation } from '../invocation.ts';
import type { insightSettings, planSettings, removeSettings } from '../docker-options.ts';
import type { Values } from '../options.ts';
import { make, removedResult, scriptResult, takeAway } from './plans.ts';

export async function insightUp(
  values: Values<typeof insightSettings & typeof planSettings>,
  invocation: Invocation,
): Promise<void> {
  const { systems, confirm, finish } = invocation;
  const stack = await findStack(systems);
  const plan = insightPlan({ port: values.port, stack: stack?.running === true });
  if (values.print) {
    finish(scriptResult(plan));
    return;
  }
  const there = await systems.perform.present(lastAction(plan));
  if (there.kind === 'absent' && !values.acceptTerms) {
    const yes = await confirm("Do you accept RedisInsight's terms (https://redis.io/legal/)?", '--accept-terms');
    if (!yes) throw new Problem('interrupted', { message: 'RedisInsight was not started.' });
  }
  const created = await make(plan, values.explain, invocation);
  const url = `http://127.0.0.1:${String(values.port)}`;
  const databases = stack?.running === true ? ['redisdemo stack'] : [];
  finish({
    data: { url, databases, created },
    view: [
      line(`RedisInsight is ready at ${url}.`, 'good'),
      line(databases.length > 0 ? `It knows: ${databases.join(', ')}.` : 'No database of ours runs: it knows none.'),
      ...(stack?.settings.password === true ? [line('It asks for the password once: redisdemo env --reveal')] : []),
    ],
  });
}

export async function insightDown(values: Values<typeof removeSettings>, invocation: Invocation): Promise<void> {
  const plan = insightPlan({ port: 5540, stack: false });
  invocation.finish(removedResult(await takeAway(plan, { explain: values.explain, withData: true }, invocation)));
}

function lastAction(plan: ReturnType<typeof insightPlan>) {
  const step = plan.steps.at(-1);
  if (!step) throw new Error('a plan without steps');
  return step.action;
}
