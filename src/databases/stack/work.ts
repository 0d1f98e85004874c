/** What the commands for Redis Stack do. */
import { printLog } from '../../command/container-log.ts';
import type {
  linesSettings,
  ownerSettings,
  planSettings,
  removeSettings,
  volumesSettings,
} from '../../command/docker-options.ts';
import { openNewPassword } from '../../command/given-file.ts';
import type { Invocation } from '../../command/invocation.ts';
import { finishRemoval, make, ofOwner, scriptResult, takeAway, within } from '../../command/plans.ts';
import type { Values } from '../../command/setting.ts';
import { describeConnection } from '../../connection.ts';
import type { Plan } from '../../plan/plan.ts';
import { createdTitles, hasCreated } from '../../plan/results.ts';
import { planStatus } from '../../plan/status.ts';
import { Problem } from '../../problem.ts';
import { line } from '../../report.ts';
import { proveModules } from '../modules.ts';
import { stackConnection } from './connection.ts';
import { chooseStack, findStack } from './found.ts';
import { stackUpSettings } from './options.ts';
import { stackPlan } from './plan.ts';
import { hasInsight, STACK, STACK_DEFAULTS } from './settings.ts';

type UpValues = Values<typeof stackUpSettings & typeof planSettings>;

export async function stackUp(values: UpValues, invocation: Invocation): Promise<void> {
  const { systems, places, report, finish } = invocation;
  await openNewPassword(values.passwordFile, stackUpSettings.passwordFile, { print: values.print, systems });
  const settings = await chooseStack(values, systems);
  const plan = within(values.timeout, stackPlan(settings, places.home));
  if (values.print) {
    finish(scriptResult(plan));
    return;
  }
  const results = await make(plan, { explain: values.explain, undo: 'redisdemo stack down' }, invocation);
  const connection = await stackConnection(places.home, systems);
  // What was there before was proved when it was made.
  const warning = hasCreated(results) ? await proveModules(connection, systems, invocation) : undefined;
  if (warning !== undefined) report.say(warning, 'note');
  const insight = hasInsight(settings.image) ? `http://127.0.0.1:${String(settings.insightPort)}` : null;
  finish({
    data: {
      host: connection.host,
      port: connection.port,
      password: settings.password,
      insight,
      created: createdTitles(results),
      warning: warning ?? null,
    },
    view: [
      line(`Redis is ready at ${describeConnection(connection)}.`, 'good'),
      ...(insight === null ? [] : [line(`RedisInsight: ${insight}`)]),
      line('For a shell: eval "$(redisdemo env)"'),
    ],
  });
}

export async function stackDown(
  values: Values<typeof removeSettings & typeof volumesSettings & typeof ownerSettings>,
  invocation: Invocation,
): Promise<void> {
  const { systems, confirm } = invocation;
  const plan = ofOwner(values.owner, planOf(await findStack(systems), invocation, true));
  if (values.volumes && !values.yes) {
    const yes = await confirm(`This deletes the data of ${STACK}.`, '--yes');
    if (!yes) throw new Problem('declined', { message: 'Nothing was removed.' });
  }
  finishRemoval(await takeAway(plan, { explain: values.explain, withData: values.volumes }, invocation), invocation);
}

export async function stackStatus(_values: object, invocation: Invocation): Promise<void> {
  const { systems, finish } = invocation;
  const there = await findStack(systems);
  const status = await planStatus(planOf(there, invocation), systems, invocation);
  const { port, insightPort, image } = there?.settings ?? {};
  const insight = image !== undefined && hasInsight(image) ? `http://127.0.0.1:${String(insightPort)}` : null;
  finish({
    data: { ...status, image: image ?? null, port: there ? port : null, insight },
    view: [
      line(`${STACK}: ${status.state}${status.reason === undefined ? '' : ` (${status.reason})`}`),
      ...(status.note === undefined ? [] : [line(status.note)]),
      ...(there ? [line(`image ${String(image)}, port ${String(port)}`)] : []),
      ...(there && insight !== null ? [line(`RedisInsight: ${insight}`)] : []),
    ],
  });
}

export function stackLogs({ lines }: Values<typeof linesSettings>, invocation: Invocation): Promise<void> {
  return printLog({ container: STACK, lines, start: 'redisdemo stack up', missing: 'not_running' }, invocation);
}

/** Of what is there, whatever it was asked to be. `everything` adds what may be left of an earlier one. */
function planOf(there: Awaited<ReturnType<typeof findStack>>, { places }: Invocation, everything = false): Plan {
  const settings = there?.settings ?? STACK_DEFAULTS;
  return stackPlan({ ...settings, password: settings.password || everything }, places.home);
}
