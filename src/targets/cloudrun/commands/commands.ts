/** The commands for Cloud Run. */
import { command } from '../../../command/command-spec.ts';
import {
  cloudRunLogsSettings,
  cloudRunPlaceSettings,
  cloudRunRemoveSettings,
  cloudRunSettings,
  promoteSettings,
  rollbackSettings,
} from './options.ts';
import { planSettings } from '../../../command/docker-options.ts';

const DESCRIPTION = `Deploys the service to Cloud Run, private or without traffic, proves it with the smoke test, and only then opens or promotes it. A revision that fails the smoke test gets no traffic; the current one keeps serving (exit code 8).

Other than the tutorial, and why:
  min 0, not 1         an instance that waits costs money all day
  max 4, not 100       a loop of requests cannot cost much
  closed at first      nobody meets a service that was not tested
  no invoker check     opens it also where policies forbid a right for everybody
  60 s, not 300 s      a request that hangs is paid for
  gen2                 a full Linux for the container
  probe on /health     a revision without its Redis gets no traffic
  Secret Manager       --set-env-vars shows the password to everyone
  variables go over stdin: gcloud's own --set-env-vars splits values at commas`;

export const deployCloudrun = command({
  description: DESCRIPTION,
  settings: { ...cloudRunSettings, ...planSettings },
  work: async (values, invocation) => (await import('./deploy.ts')).deployCloudRun(values, invocation),
});

export const deployStatus = command({
  description:
    'Says what is deployed and where, since when, roughly what it costs idle, and what takes it away. A target that cannot be asked is "unknown", and the exit code is that of the reason, or 0 when Docker, gcloud, its login, a project or the API of Cloud Run is missing.',
  settings: cloudRunPlaceSettings,
  work: async (values, invocation) =>
    (await import('../../../commands/deploy-status.ts')).deployStatus(values, invocation),
});

export const deployRollbackCloudrun = command({
  description:
    'Gives the traffic to the revision before, or to one that you name, and proves it. It stays there: a second run changes nothing, the next deployment asks.',
  settings: rollbackSettings,
  work: async (values, invocation) => (await import('./rollback.ts')).rollbackCloudRun(values, invocation),
});

export const deployLogsCloudrun = command({
  description:
    'Shows what the service writes and the requests that it gets, the oldest first: of the last 30 days the newest entries, and with --follow those that come.',
  settings: cloudRunLogsSettings,
  work: async (values, invocation) => (await import('./logs.ts')).logsCloudRun(values, invocation),
});

export const deployPromoteCloudrun = command({
  description:
    'Gives all the traffic to the revision that a deployment with --no-promote left waiting, once it has passed the smoke test again. Without such a revision it changes nothing.',
  settings: promoteSettings,
  work: async (values, invocation) => (await import('./promote.ts')).promoteCloudRun(values, invocation),
});

export const destroyCloudrun = command({
  description:
    'Takes the service on Cloud Run away, then its secret, its images and the source archives, and proves each gone. Never what we did not make.',
  settings: cloudRunRemoveSettings,
  work: async (values, invocation) => (await import('./destroy.ts')).destroyCloudRun(values, invocation),
});
