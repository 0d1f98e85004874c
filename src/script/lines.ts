import { REDIS_VARIABLES } from '../connection.ts';
import {
  HOME_LABEL,
  LABEL,
  SETTINGS_LABEL,
  type Effect,
  type EffectKind,
  type FileContent,
  type Lookup,
  type Owned,
  type Resource,
  type RunProcess,
} from '../plan/action.ts';
import { earlierLabel, settingsLabel } from '../plan/container-settings.ts';
import { callLine, foundLine, questionLine, secretLine } from './call-lines.ts';
import { buildLine, handOverLines, ownedLine, runLine, SCRIPT, startLine } from './docker-lines.ts';
import { commandLine, quote } from './shell.ts';

type Of<K extends EffectKind> = Extract<Effect, { kind: K }>;

/** `exists` succeeds when there is nothing to create; `create` is undefined for what is only queried. */
interface Lines<K extends EffectKind> {
  readonly exists: (action: Of<K>) => string;
  readonly create: (action: Of<K>) => string | undefined;
}

const LINES: { readonly [K in EffectKind]: Lines<K> } = {
  pullImage: {
    exists: ({ image }) => commandLine(['docker', 'image', 'inspect', image]),
    create: ({ image }) => commandLine(['docker', 'pull', image]),
  },
  createNetwork: {
    exists: (network) => isOursLine('network', network.name, network),
    create: (network) => ownedLine('network', network, SCRIPT),
  },
  createVolume: {
    exists: (volume) => isOursLine('volume', volume.name, volume),
    // `docker volume create` succeeds with a volume that exists already.
    create: (volume) =>
      [
        refusalLine(commandLine(['docker', 'volume', 'inspect', volume.name]), `the volume ${volume.name} is not ours`),
        ownedLine('volume', volume, SCRIPT),
      ].join('\n'),
  },
  handOver: {
    exists: ({ volume }) =>
      `[ -n "$(${commandLine(['docker', 'ps', '--all', '--quiet', '--filter', `volume=${volume}`, '--filter', `label=${SETTINGS_LABEL}`])})" ]`,
    create: (action) =>
      [
        refusalLine(
          `{ docker volume inspect ${quote(action.volume)} && ! ${isOursLine('volume', action.volume, action)}; }`,
          `the volume ${action.volume} is not ours`,
        ),
        handOverLines(action),
      ].join('\n'),
  },
  runContainer: {
    exists: (container) =>
      `docker container inspect --format '{{.State.Running}} ${settingsTemplate(container)}' ${quote(container.name)} | ` +
      `grep -Fqx ${sameSettings(container)
        .map((label) => `-e ${quote(`true ${label}`)}`)
        .join(' ')}`,
    // A foreign container has no such settings: it is left alone, and its name is taken.
    create: (container) =>
      container.replace === true
        ? `[ -z "${settingsOfLine(container)}" ] || docker rm --force --volumes ${quote(container.name)}\n${runLine(container, SCRIPT)}`
        : [
            `case "${settingsOfLine(container)}" in`,
            `  '') ${runLine(container, SCRIPT)} ;;`,
            `  ${sameSettings(container).map(quote).join('|')}) ${startLine(container)} ;;`,
            `  *) echo ${quote(`the container ${container.name} has other settings`)} >&2; exit 5 ;;`,
            'esac',
          ].join('\n'),
  },
  buildImage: {
    exists: ({ image, digest }) =>
      `[ "$(docker image inspect --format '{{index .Config.Labels "${LABEL}.digest"}}' ${quote(image)})" = ${quote(digest)} ]`,
    create: (image) => buildLine(image, SCRIPT),
  },
  resource: {
    exists: ({ find }) => foundLine(find),
    create: ({ create }) => create && callLine(create),
  },
  file: {
    exists: ({ file, content = { from: 'random' } }) => fileExists(file, content),
    create: ({ file, content = { from: 'random' } }) =>
      `(umask 077; mkdir -p "$(dirname ${quote(file)})"; ${contentLine(content)} >${quote(file)})`,
  },
  runProcess: {
    exists: ({ url }) => commandLine(['curl', '--fail', '--silent', `${url}/health`]),
    create: processLines,
  },
};

/** Also writes the record by which redisdemo finds the process and removes it. */
function processLines({ file, url, env, passedOn, logFile, recordFile }: RunProcess): string {
  const settings = Object.entries(env).map(([variable, value]) => `${variable}=${quote(value)}`);
  const record = JSON.stringify({ url, env }).slice(1, -1);
  return [
    `(umask 077; mkdir -p "$(dirname ${quote(logFile)})" "$(dirname ${quote(recordFile)})"`,
    // Variables in the shell that are meant for something else would lead the service there.
    commandLine(['unset', ...REDIS_VARIABLES.filter((name) => !passedOn.includes(name))]),
    "INSTANCE=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n')",
    `INSTANCE=$INSTANCE ${settings.join(' ')} node ${quote(file)} >${quote(logFile)} 2>&1 &`,
    `printf '{"instance":"%s","pid":%s,%s}' "$INSTANCE" "$!" ${quote(record)} >${quote(recordFile)})`,
  ].join('\n');
}

function fileExists(file: string, content: FileContent): string {
  if (content.from === 'random') return `[ -s ${quote(file)} ]`;
  if (content.from === 'given') return `[ "$(cat ${quote(file)})" = "$(${contentLine(content)})" ]`;
  return `${contentLine(content)} | cmp -s - ${quote(file)}`;
}

export function contentLine(content: FileContent): string {
  switch (content.from) {
    case 'random':
      return "od -An -N24 -tx1 /dev/urandom | tr -d ' \\n'";
    case 'given':
      return secretLine({ file: content.given });
    case 'text':
      return commandLine(['printf', '%s', content.text]);
    case 'container':
      return `${commandLine(['docker', 'cp', `${content.container}:${content.path}`, '-'])} | tar -xO`;
  }
}

/** Succeeds when it exists with redisdemo's labels: an earlier version set only that of the stage. */
function isOursLine(kind: 'network' | 'volume', name: string, { stage, home }: Owned): string {
  const labels = `{{index .Labels "${LABEL}"}} {{index .Labels "${HOME_LABEL}"}}`;
  return `docker ${kind} inspect --format '${labels}' ${quote(name)} | grep -Eqx ${quote(`${stage} (${home})?`)}`;
}

function refusalLine(condition: string, words: string): string {
  return `if ${condition} >/dev/null 2>&1; then echo ${quote(words)} >&2; exit 5; fi`;
}

/** Empty for a foreign container, and for none. */
function settingsOfLine(container: Of<'runContainer'>): string {
  return `$(docker container inspect --format '${settingsTemplate(container)}' ${quote(container.name)} 2>/dev/null || true)`;
}

function sameSettings(container: Of<'runContainer'>): readonly string[] {
  return [settingsLabel(container), earlierLabel(container)];
}

function settingsTemplate({ home }: Owned): string {
  const isOurs = `{{$home := index .Config.Labels "${HOME_LABEL}"}}{{if or (eq $home "") (eq $home "${home}")}}`;
  return `${isOurs}{{index .Config.Labels "${SETTINGS_LABEL}"}}{{end}}`;
}

export function existsLine<K extends EffectKind>(action: Of<K>): string {
  return linesOf(action).exists(action);
}

export function factLine({ find }: Lookup | Resource): string {
  if (!('container' in find)) return questionLine(find);
  const { container, network } = find;
  return `docker container inspect --format '{{(index .NetworkSettings.Networks "${network}").IPAddress}}' ${quote(container)}`;
}

/** undefined for what is only queried. */
export function createLine<K extends EffectKind>(action: Of<K>): string | undefined {
  return linesOf(action).create(action);
}

export function repositoryOf(image: string): string {
  return image.replace(/:[^:/]*$/, '');
}

function linesOf<K extends EffectKind>({ kind }: Of<K>): Lines<K> {
  return LINES[kind];
}
