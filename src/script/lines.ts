/** Each action as the command behind it. */
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

/** The shell lines of one kind of action. `exists` succeeds when there is nothing to create. */
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
    // Docker would take one that is there for the one that is asked for.
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
    // One that is not ours has no such settings: it is left alone, and its name is taken.
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

/** With the record by which it is found again, and may be taken away. */
function processLines({ file, url, env, passedOn, logFile, recordFile }: RunProcess): string {
  const settings = Object.entries(env).map(([variable, value]) => `${variable}=${quote(value)}`);
  const record = JSON.stringify({ url, env }).slice(1, -1);
  return [
    `(umask 077; mkdir -p "$(dirname ${quote(logFile)})" "$(dirname ${quote(recordFile)})"`,
    // Set in the shell for something else, they would lead the service there.
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

/** Prints what a file is to hold. */
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

/** Succeeds when it is there, and carries our labels: of an earlier version only that of the stage. */
function isOursLine(kind: 'network' | 'volume', name: string, { stage, home }: Owned): string {
  const labels = `{{index .Labels "${LABEL}"}} {{index .Labels "${HOME_LABEL}"}}`;
  return `docker ${kind} inspect --format '${labels}' ${quote(name)} | grep -Eqx ${quote(`${stage} (${home})?`)}`;
}

function refusalLine(condition: string, words: string): string {
  return `if ${condition} >/dev/null 2>&1; then echo ${quote(words)} >&2; exit 5; fi`;
}

/** What a container of ours was asked to be; nothing for any other, and for none. */
function settingsOfLine(container: Of<'runContainer'>): string {
  return `$(docker container inspect --format '${settingsTemplate(container)}' ${quote(container.name)} 2>/dev/null || true)`;
}

/** The labels of a container with the same settings, whichever version created it. */
function sameSettings(container: Of<'runContainer'>): readonly string[] {
  return [settingsLabel(container), earlierLabel(container)];
}

function settingsTemplate({ home }: Owned): string {
  const isOurs = `{{$home := index .Config.Labels "${HOME_LABEL}"}}{{if or (eq $home "") (eq $home "${home}")}}`;
  return `${isOurs}{{index .Config.Labels "${SETTINGS_LABEL}"}}{{end}}`;
}

/** A command that succeeds when there is nothing to create. */
export function existsLine<K extends EffectKind>(action: Of<K>): string {
  return linesOf(action).exists(action);
}

/** A command that prints the fact that a lookup or a resource gives. */
export function factLine({ find }: Lookup | Resource): string {
  if (!('container' in find)) return questionLine(find);
  const { container, network } = find;
  return `docker container inspect --format '{{(index .NetworkSettings.Networks "${network}").IPAddress}}' ${quote(container)}`;
}

/** The command that creates what the action stands for; undefined for what is only asked. */
export function createLine<K extends EffectKind>(action: Of<K>): string | undefined {
  return linesOf(action).create(action);
}

/** The name of an image without its tag. */
export function repositoryOf(image: string): string {
  return image.replace(/:[^:/]*$/, '');
}

function linesOf<K extends EffectKind>({ kind }: Of<K>): Lines<K> {
  return LINES[kind];
}
