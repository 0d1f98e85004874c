/** A plan as a shell script that a person can run without us, and each action as the command behind it. */
import type { Secret } from '../secret.ts';
import {
  LABEL,
  SETTINGS_LABEL,
  settingsLabel,
  type Action,
  type ActionKind,
  type HandOver,
  type RunContainer,
  type RunProcess,
  type SecretForm,
} from './action.ts';
import type { Plan, Ready, Step } from './plan.ts';
import { commandLine, quote } from './shell.ts';

type Of<K extends ActionKind> = Extract<Action, { kind: K }>;

/** The shell lines of one kind of action. `exists` succeeds when there is nothing to create. */
interface Lines<K extends ActionKind> {
  readonly exists: (action: Of<K>) => string;
  readonly create: (action: Of<K>) => string;
  readonly remove?: (action: Of<K>) => string;
}

const LINES: { readonly [K in ActionKind]: Lines<K> } = {
  pullImage: {
    exists: ({ image }) => commandLine(['docker', 'image', 'inspect', image]),
    create: ({ image }) => commandLine(['docker', 'pull', image]),
  },
  createNetwork: {
    exists: ({ name }) => commandLine(['docker', 'network', 'inspect', name]),
    create: ({ name, stage }) => commandLine(['docker', 'network', 'create', '--label', `${LABEL}=${stage}`, name]),
    remove: ({ name }) => commandLine(['docker', 'network', 'rm', name]),
  },
  createVolume: {
    exists: ({ name }) => commandLine(['docker', 'volume', 'inspect', name]),
    create: ({ name, stage }) => commandLine(['docker', 'volume', 'create', '--label', `${LABEL}=${stage}`, name]),
    remove: ({ name }) => commandLine(['docker', 'volume', 'rm', name]),
  },
  handOver: {
    exists: ({ volume }) =>
      `${commandLine(['docker', 'volume', 'inspect', volume])} && ! ${commandLine(['docker', 'container', 'inspect', handOverName(volume)])}`,
    create: handOverLines,
    remove: ({ volume }) => commandLine(['docker', 'volume', 'rm', volume]),
  },
  runContainer: {
    exists: (container) =>
      `[ "$(docker container inspect --format '{{.State.Running}} {{index .Config.Labels "${SETTINGS_LABEL}"}}' ` +
      `${quote(container.name)})" = ${quote(`true ${settingsLabel(container)}`)} ]`,
    create: (container) =>
      container.replace === true
        ? `docker rm --force --volumes ${quote(container.name)} 2>/dev/null || true\n${runLine(container)}`
        : `docker start ${quote(container.name)} 2>/dev/null ||\n  ${runLine(container)}`,
    remove: ({ name }) => commandLine(['docker', 'rm', '--force', '--volumes', name]),
  },
  buildImage: {
    exists: ({ image, digest }) =>
      `[ "$(docker image inspect --format '{{index .Config.Labels "${LABEL}.digest"}}' ${quote(image)})" = ${quote(digest)} ]`,
    create: ({ image, stage, context, digest, platform }) =>
      commandLine([
        ...['docker', 'build', '--tag', image, '--label', `${LABEL}=${stage}`, '--label', `${LABEL}.digest=${digest}`],
        ...(platform === undefined ? [] : ['--platform', platform]),
        context,
      ]),
    remove: ({ stage }) => `docker image rm --force $(docker image ls --quiet --filter label=${LABEL}=${stage})`,
  },
  makeSecret: {
    exists: ({ file }) => `[ -s ${quote(file)} ]`,
    create: ({ file, from }) => {
      const source = from === undefined ? "od -An -N24 -tx1 /dev/urandom | tr -d ' \\n'" : `cat ${quote(from)}`;
      return `(umask 077; mkdir -p "$(dirname ${quote(file)})"; ${source} >${quote(file)})`;
    },
    remove: ({ file }) => commandLine(['rm', '-f', file]),
  },
  runProcess: {
    exists: ({ url }) => commandLine(['curl', '--fail', '--silent', `${url}/health`]),
    create: processLine,
    remove: ({ url }) => `kill "$(lsof -t -iTCP:${new URL(url).port} -sTCP:LISTEN)"`,
  },
};

/** The command that creates what the action stands for. */
export function createLine<K extends ActionKind>(action: Of<K>): string {
  return linesOf(action).create(action);
}

/** The command that takes it away; undefined for what we leave (a pulled image is the engine's cache). */
export function removeLine<K extends ActionKind>(action: Of<K>): string | undefined {
  return linesOf(action).remove?.(action);
}

/** The whole plan as a script for `sh`. It may be run twice, like the plan. */
export function printPlan({ title, steps }: Plan): string {
  return ['#!/bin/sh', `# ${title}`, 'set -eu', '', ...steps.flatMap(stepLines)].join('\n');
}

function stepLines({ title, action, ready }: Step): string[] {
  return [
    `# ${title}`,
    `if ! { ${linesOf(action).exists(action)}; } >/dev/null 2>&1; then`,
    ...createLine(action)
      .split('\n')
      .map((text) => `  ${text}`),
    'fi',
    ...(ready ? waitLines(ready) : []),
    '',
  ];
}

function waitLines({ what, shell, limitMs }: Ready): string[] {
  return [
    `# wait for ${what}`,
    'tries=0',
    `until ${shell}; do`,
    `  tries=$((tries + 1)); [ "$tries" -lt ${String(Math.ceil(limitMs / 1000))} ] || { echo 'no ${what}' >&2; exit 6; }`,
    '  sleep 1',
    'done',
  ];
}

function linesOf<K extends ActionKind>({ kind }: Of<K>): Lines<K> {
  return LINES[kind];
}

export function handOverName(volume: string): string {
  return `${volume}-handover`;
}

/** Copies with a container that is gone at the end: it works with an engine on another machine too. */
function handOverLines({ volume, stage, image, secret, files }: HandOver): string {
  const name = quote(handOverName(volume));
  const copies = files.flatMap(({ name: file, form }) => {
    const path = `/run/secrets/${file}`;
    const copy = commandLine([
      ...['docker', 'run', '--interactive', '--name', handOverName(volume), '--label', `${LABEL}=${stage}`],
      ...['--mount', `type=volume,src=${volume},dst=/run/secrets,volume-label=${LABEL}=${stage}`],
      ...['--user', '0', '--network', 'none', '--entrypoint', 'sh', image],
      ...['-c', `umask 222; rm -f ${path}; cat >${path}`],
    ]);
    return [
      `docker rm --force --volumes ${name} >/dev/null 2>&1 || true`,
      `${secretSource(secret)}${FORMS[form].shell} |`,
      `  ${copy}`,
    ];
  });
  return [...copies, `docker rm --volumes ${name} >/dev/null`].join('\n');
}

/** How a secret is written into a file, here and in the shell. In a redis.conf, quotes and backslashes are escaped. */
export const FORMS: Readonly<Record<SecretForm, { render: (value: string) => string; shell: string }>> = {
  plain: { render: (value) => value, shell: '' },
  redisConfig: {
    render: (value) => `requirepass "${value.replace(/[\\"]/g, '\\$&')}"\n`,
    shell: ` | sed 's/[\\"]/\\&/g; s/.*/requirepass "&"/'`,
  },
};

function secretSource(secret: Secret): string {
  return 'file' in secret ? `tr -d '\\n' <${quote(secret.file)}` : `printf %s "$${secret.variable}"`;
}

function processLine({ file, env, logFile }: RunProcess): string {
  const settings = Object.entries(env).map(([variable, value]) => `${variable}=${quote(value)}`);
  return `${settings.join(' ')} node ${quote(file)} >>${quote(logFile)} 2>&1 &`;
}

function runLine(container: RunContainer): string {
  const { name, stage, image, ports, mounts, env, network, entrypoint, command = [], readOnly } = container;
  return commandLine([
    ...['docker', 'run', '--detach', '--name', name, '--network', network],
    ...['--label', `${LABEL}=${stage}`, '--label', `${SETTINGS_LABEL}=${settingsLabel(container)}`],
    ...ports.flatMap((port) => ['--publish', `127.0.0.1:${String(port.host)}:${String(port.container)}`]),
    ...mounts.flatMap((mount) => [
      '--mount',
      `type=volume,src=${mount.volume},dst=${mount.path}${mount.readOnly === true ? ',readonly' : ''}`,
    ]),
    ...Object.entries(env).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]),
    ...(readOnly === true ? ['--read-only'] : []),
    ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
    image,
    ...command,
  ]);
}
