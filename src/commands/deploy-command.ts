import { command, type CommandSpec } from '../command/command-spec.ts';
import { planSettings, takeAwaySettings, waitSettings } from '../command/docker-options.ts';
import { redisSettings } from '../command/options.ts';
import { targetsOf } from '../stage/list.ts';
import type { Stages, Target } from '../stage/stage.ts';
import { databaseFor, ofTargets } from './settings.ts';

export async function deployTo(target: Target, stages: Stages): Promise<CommandSpec> {
  const { place, deploy } = await target.options();
  return command({
    description: deploy.description,
    settings: {
      db: databaseFor(target, stages),
      ...place,
      ...deploy.settings,
      ...waitSettings,
      ...redisSettings,
      ...planSettings,
    },
    work: async (values, invocation) =>
      (await import('./deploy.ts')).deployCommand(values, { target, stages }, invocation),
  });
}

export async function destroyFrom(target: Target): Promise<CommandSpec> {
  const { place, destroy } = await target.options();
  return command({
    description: destroy.description,
    settings: { ...place, ...destroy.settings, ...takeAwaySettings },
    work: async (values, invocation) => (await import('./destroy.ts')).destroyCommand(values, target, invocation),
  });
}

export async function deployStatusWith(stages: Stages): Promise<CommandSpec> {
  return command({
    description:
      'Says what is deployed and where, since when, roughly what it costs idle, and what takes it away. A target that cannot be asked is "unknown", and the exit code is that of the reason, or 0 when this machine is not set up for that target.',
    settings: await ofTargets(stages, ['place']),
    work: async (values, invocation) =>
      (await import('./deploy-status.ts')).deployStatus(values, targetsOf(stages), invocation),
  });
}
