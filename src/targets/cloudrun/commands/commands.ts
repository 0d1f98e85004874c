import { command } from '../../../command/command-spec.ts';
import { removeSettings } from '../../../command/docker-options.ts';
import type { TargetOptions } from '../../../stage/target-work.ts';
import {
  cloudRunLogsSettings,
  cloudRunPlaceSettings,
  deploymentSettings,
  promoteSettings,
  rollbackSettings,
  tourSettings,
} from './options.ts';

const DEPLOY = `Deploys the service to Cloud Run, private or without traffic, proves it with the smoke test, and only then opens or promotes it. A revision that fails the smoke test gets no traffic; the current one keeps serving (exit code 8).

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

export const options: TargetOptions = {
  place: cloudRunPlaceSettings,
  up: {},
  deploy: { description: DEPLOY, settings: deploymentSettings },
  destroy: {
    description:
      'Takes the service on Cloud Run away, then its secret, its images and the source archives, and proves each gone. Never what we did not make.',
    settings: removeSettings,
  },
  tour: {
    description:
      'Cloud Run costs money, so it is walked only when a project is named here or in REDISDEMO_PROJECT (never the one that gcloud is set to), and a Redis is given that it can reach: as the service redisdemo-tour, closed to the public.',
    settings: tourSettings,
  },
};

export const rollback = command({
  description:
    'Gives the traffic to the revision before, or to one that you name, and proves it. It stays there: a second run changes nothing, the next deployment asks.',
  settings: rollbackSettings,
  work: async (values, invocation) => (await import('./traffic.ts')).rollbackCloudRun(values, invocation),
});

export const logs = command({
  description:
    'Shows what the service writes and the requests that it gets, the oldest first: of the last 30 days the newest entries, and with --follow those that come.',
  settings: cloudRunLogsSettings,
  work: async (values, invocation) => (await import('./logs.ts')).logsCloudRun(values, invocation),
});

export const promote = command({
  description:
    'Gives all the traffic to the revision that a deployment with --no-promote left waiting, once it has passed the smoke test again. Without such a revision it changes nothing.',
  settings: promoteSettings,
  work: async (values, invocation) => (await import('./traffic.ts')).promoteCloudRun(values, invocation),
});
