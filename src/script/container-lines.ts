/** Containers as the lines of a shell. */
import {
  labelsFor,
  SETTINGS_LABEL,
  type HandedFile,
  type HandOver,
  type Owned,
  type RunContainer,
  type SecretForm,
} from '../plan/action.ts';
import { settingsLabel } from '../plan/container-settings.ts';
import { secretLine } from './call-lines.ts';
import { jsonLine } from './json-lines.ts';
import { commandLine, quote } from './shell.ts';

export function runLine(container: RunContainer): string {
  const { name, image, ports, mounts, env, network, command = [], readOnly } = container;
  const { aliases = [], capabilities = [] } = container;
  return commandLine([
    ...['docker', 'run', '--detach', '--name', name, '--network', network],
    ...labelFlags(container),
    ...['--label', `${SETTINGS_LABEL}=${settingsLabel(container)}`],
    ...ports.flatMap((port) => ['--publish', `127.0.0.1:${String(port.host)}:${String(port.container)}`]),
    ...mounts.flatMap((mount) => [
      '--mount',
      `type=volume,src=${mount.volume},dst=${mount.path}${mount.readOnly === true ? ',readonly' : ''}`,
    ]),
    ...Object.entries(env).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]),
    ...aliases.flatMap((alias) => ['--network-alias', alias]),
    ...capabilities.flatMap((capability) => ['--cap-add', capability]),
    ...(readOnly === true ? ['--read-only'] : []),
    image,
    ...command,
  ]);
}

export function labelFlags(owned: Owned): readonly string[] {
  return Object.entries(labelsFor(owned)).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
}

/** Its network may be gone, and another of that name there: then the container is attached to that one. */
export function startLine({ name, network, aliases = [] }: RunContainer): string {
  const flags = aliases.flatMap((alias) => ['--alias', alias]);
  const start = commandLine(['docker', 'start', name]);
  return [
    `${start} || {`,
    `    ${commandLine(['docker', 'network', 'disconnect', '--force', network, name])} >/dev/null 2>&1 || true`,
    `    ${commandLine(['docker', 'network', 'connect', ...flags, network, name])} && ${start}; }`,
  ].join('\n');
}

export function handOverName(volume: string): string {
  return `${volume}-handover`;
}

/** Copies with a container that is gone at the end: it works with an engine on another machine too. */
export function handOverLines({ volume, stage, home, image, files }: HandOver): string {
  const labels = labelFlags({ stage, home });
  const name = quote(handOverName(volume));
  const copies = files.flatMap((file) => {
    const path = `/run/secrets/${file.name}`;
    const copy = commandLine([
      ...['docker', 'run', '--rm', '--interactive', '--name', handOverName(volume), ...labels],
      ...['--mount', `type=volume,src=${volume},dst=/run/secrets`],
      ...['--user', '0', '--network', 'none', '--entrypoint', 'sh', image],
      ...['-c', `umask 222; rm -f ${path}; cat >${path}`],
    ]);
    return [`docker rm --force --volumes ${name} >/dev/null 2>&1 || true`, `${handedLine(file)} |`, `  ${copy}`];
  });
  // Before it is used: Podman ignores the labels of a volume that is created with its container.
  return [`${commandLine(['docker', 'volume', 'create', ...labels, volume])} >/dev/null`, ...copies].join('\n');
}

/** What prints a file that is handed over. */
export function handedLine(file: HandedFile): string {
  if ('json' in file) return jsonLine(file.json, '--compact-output', '--join-output');
  if ('secret' in file) return `${secretLine(file.secret)}${FORMS[file.form].shell}`;
  const { certificates } = file;
  return 'file' in certificates ? `cat ${quote(certificates.file)}` : `printf %s ${quote(certificates.text)}`;
}

/** How a secret is written into a file, here and in the shell. In a redis.conf, quotes and backslashes are escaped. */
export const FORMS: Readonly<Record<SecretForm, { render: (value: string) => string; shell: string }>> = {
  plain: { render: (value) => value, shell: '' },
  redisConfig: {
    render: (value) => `requirepass "${value.replace(/[\\"]/g, '\\$&')}"`,
    shell: ` | sed 's/[\\"]/\\\\&/g; s/.*/requirepass "&"/'`,
  },
};
