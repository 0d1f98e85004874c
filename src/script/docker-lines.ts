/** Docker commands: in a script with redisdemo's labels, and without them for people. */
import {
  LABEL,
  labelsFor,
  SETTINGS_LABEL,
  type BuildImage,
  type HandedFile,
  type HandOver,
  type Owned,
  type RunContainer,
  type SecretForm,
} from '../plan/action.ts';
import { settingsLabel } from '../plan/container-settings.ts';
import { secretLine } from './call-lines.ts';
import { jsonLine } from './json-lines.ts';
import { bashWord, layout, piped } from './layout.ts';
import { commandLine, quote } from './shell.ts';

interface Form {
  readonly word: (text: string) => string;
  readonly labels: (labels: Readonly<Record<string, string>>) => readonly string[];
  readonly mount: (mount: RunContainer['mounts'][number]) => string;
  /** @param parts flags with their values */
  readonly line: (parts: readonly string[]) => string;
}

export const SCRIPT: Form = {
  word: quote,
  labels: (labels) => Object.entries(labels).map(([name, value]) => `--label ${quote(`${name}=${value}`)}`),
  mount: ({ volume, path, readOnly }) =>
    `--mount type=volume,src=${volume},dst=${path}${readOnly === true ? ',readonly' : ''}`,
  line: (parts) => parts.join(' '),
};

export const PLAIN: Form = {
  word: bashWord,
  labels: () => [],
  mount: ({ volume, path, readOnly }) => `--volume ${volume}:${path}${readOnly === true ? ':ro' : ''}`,
  line: layout,
};

export function ownedLine(kind: 'network' | 'volume', thing: Owned & { name: string }, { labels, line }: Form): string {
  return line([`docker ${kind} create`, ...labels(labelsFor(thing)), thing.name]);
}

export function buildLine({ image, stage, context, digest, platform }: BuildImage, { labels, line }: Form): string {
  const platforms = platform === undefined ? [] : [`--platform ${platform}`];
  const own = labels({ [LABEL]: stage, [`${LABEL}.digest`]: digest });
  return line(['docker build', `--tag ${image}`, ...own, ...platforms, quote(context)]);
}

export function runLine(container: RunContainer, { word, labels, mount, line }: Form): string {
  const { name, image, ports, mounts, env, network, command = [], readOnly } = container;
  const { aliases = [], capabilities = [] } = container;
  return line([
    `docker run --detach --name ${name}`,
    `--network ${network}`,
    ...aliases.map((alias) => `--network-alias ${alias}`),
    ...labels({ ...labelsFor(container), [SETTINGS_LABEL]: settingsLabel(container) }),
    ...ports.map((port) => `--publish 127.0.0.1:${String(port.host)}:${String(port.container)}`),
    ...mounts.map(mount),
    ...Object.entries(env).map(([variable, value]) => `--env ${word(`${variable}=${value}`)}`),
    ...capabilities.map((capability) => `--cap-add ${capability}`),
    ...(readOnly === true ? ['--read-only'] : []),
    ...[image, ...command].map(word),
  ]);
}

/** The container's network may have been replaced by another of the same name: then attach it to that one. */
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

/** Copies with a temporary container: this works with an engine on another machine too. */
export function handOverLines({ files, ...action }: HandOver): string {
  const { volume } = action;
  const name = handOverName(volume);
  const own = [`--name ${name}`, ...SCRIPT.labels(labelsFor(action)), '--network none'];
  const copies = files.flatMap((file) => [
    `docker rm --force --volumes ${name} >/dev/null 2>&1 || true`,
    `${handedPipeline(file).join(' | ')} |`,
    `  ${copyLine(action, `rm -f ${pathOf(file)}; cat >${pathOf(file)}`, SCRIPT, own)}`,
  ]);
  // Before it is used: Podman ignores the labels of a volume that is created with its container.
  return [`${ownedLine('volume', { ...action, name: volume }, SCRIPT)} >/dev/null`, ...copies].join('\n');
}

export function plainHandOver({ files, ...action }: HandOver): string {
  const copies = files.map((file) => piped(...handedPipeline(file), copyLine(action, `cat >${pathOf(file)}`, PLAIN)));
  return [ownedLine('volume', { ...action, name: action.volume }, PLAIN), ...copies].join('\n');
}

const pathOf = ({ name }: HandedFile): string => `/run/secrets/${name}`;

function copyLine(
  { volume, image }: Pick<HandOver, 'volume' | 'image'>,
  command: string,
  { word, mount, line }: Form,
  more: readonly string[] = [],
): string {
  return line([
    'docker run --rm --interactive --user 0',
    ...more,
    mount({ volume, path: '/run/secrets' }),
    `--entrypoint sh ${word(image)}`,
    `-c ${word(`umask 222; ${command}`)}`,
  ]);
}

function handedPipeline(file: HandedFile): readonly [string, ...string[]] {
  if ('json' in file) return [jsonLine(file.json, '--compact-output', '--join-output')];
  if ('secret' in file) return [secretLine(file.secret), ...FORMS[file.form].filters];
  const { certificates } = file;
  return ['file' in certificates ? `cat ${quote(certificates.file)}` : `printf %s ${quote(certificates.text)}`];
}

/** Writes a secret into a file, here and in the shell. In a redis.conf, quotes and backslashes are escaped. */
export const FORMS: Readonly<
  Record<SecretForm, { readonly render: (value: string) => string; readonly filters: readonly string[] }>
> = {
  plain: { render: (value) => value, filters: [] },
  redisConfig: {
    render: (value) => `requirepass "${value.replace(/[\\"]/g, '\\$&')}"`,
    filters: [`sed 's/[\\"]/\\\\&/g; s/.*/requirepass "&"/'`],
  },
};
