/** Each action as the command behind it. */
import {
  HOME_LABEL,
  LABEL,
  SETTINGS_LABEL,
  settingsLabel,
  type Action,
  type ActionKind,
  type Owned,
} from '../plan/action.ts';
import { callLine, foundLine, questionLine, secretLine } from './call-lines.ts';
import { handOverLines, labelFlags, runLine, startLine } from './container-lines.ts';
import { processLines } from './process-lines.ts';
import { commandLine, quote } from './shell.ts';

type Of<K extends ActionKind> = Extract<Action, { kind: K }>;

/** The shell lines of one kind of action. `exists` succeeds when there is nothing to create. */
interface Lines<K extends ActionKind> {
  readonly exists: (action: Of<K>) => string;
  /** Prints the fact that the action gives. */
  readonly fact?: (action: Of<K>) => string;
  readonly create: (action: Of<K>) => string | undefined;
  readonly remove?: (action: Of<K>) => string | undefined;
}

const LINES: { readonly [K in ActionKind]: Lines<K> } = {
  pullImage: {
    exists: ({ image }) => commandLine(['docker', 'image', 'inspect', image]),
    create: ({ image }) => commandLine(['docker', 'pull', image]),
  },
  createNetwork: {
    exists: (network) => isOursLine('network', network.name, network),
    create: (network) => commandLine(['docker', 'network', 'create', ...labelFlags(network), network.name]),
    remove: ({ name }) => commandLine(['docker', 'network', 'rm', name]),
  },
  createVolume: {
    exists: (volume) => isOursLine('volume', volume.name, volume),
    // Docker would take one that is there for the one that is asked for.
    create: (volume) =>
      [
        refusalLine(commandLine(['docker', 'volume', 'inspect', volume.name]), `the volume ${volume.name} is not ours`),
        commandLine(['docker', 'volume', 'create', ...labelFlags(volume), volume.name]),
      ].join('\n'),
    remove: ({ name }) => commandLine(['docker', 'volume', 'rm', name]),
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
    remove: ({ volume }) => commandLine(['docker', 'volume', 'rm', volume]),
  },
  runContainer: {
    exists: (container) =>
      `[ "$(docker container inspect --format '{{.State.Running}} ${settingsTemplate(container)}' ` +
      `${quote(container.name)})" = ${quote(`true ${settingsLabel(container)}`)} ]`,
    // One that is not ours has no such settings: it is left alone, and its name is taken.
    create: (container) =>
      container.replace === true
        ? `[ -z "${settingsOfLine(container)}" ] || docker rm --force --volumes ${quote(container.name)}\n${runLine(container)}`
        : [
            `case "${settingsOfLine(container)}" in`,
            `  '') ${runLine(container)} ;;`,
            `  ${quote(settingsLabel(container))}) ${startLine(container)} ;;`,
            `  *) echo ${quote(`the container ${container.name} has other settings`)} >&2; exit 5 ;;`,
            'esac',
          ].join('\n'),
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
    remove: ({ stage, image }) =>
      `docker image rm --force $(docker image ls --format '{{.Repository}}:{{.Tag}}' ` +
      `--filter label=${LABEL}=${stage} --filter reference=${quote(repositoryOf(image))})`,
  },
  findAddress: {
    exists: () => 'true',
    fact: ({ container, network }) =>
      `docker container inspect --format '{{(index .NetworkSettings.Networks "${network}").IPAddress}}' ${quote(container)}`,
    create: () => undefined,
  },
  pinCertificate: {
    exists: ({ container, path, file }) =>
      `${commandLine(['docker', 'cp', `${container}:${path}`, '-'])} | tar -xO | cmp -s - ${quote(file)}`,
    create: ({ container, path, file }) =>
      [
        `(umask 077; mkdir -p "$(dirname ${quote(file)})"`,
        `${commandLine(['docker', 'cp', `${container}:${path}`, '-'])} | tar -xO >${quote(file)}`,
        `openssl x509 -in ${quote(file)} -pubkey -noout >${quote(`${file}.pub`)})`,
      ].join(' && '),
    remove: ({ file }) => commandLine(['rm', '-f', file, `${file}.pub`]),
  },
  resource: {
    exists: ({ find }) => foundLine(find),
    fact: ({ find }) => questionLine(find),
    create: ({ create }) => create && callLine(create),
    remove: ({ remove }) => remove && callLine(remove),
  },
  makeNetrc: {
    exists: (action) => `${netrcLine(action)} | cmp -s - ${quote(action.file)}`,
    create: (action) =>
      `(umask 077; mkdir -p "$(dirname ${quote(action.file)})"; ${netrcLine(action)} >${quote(action.file)})`,
    remove: ({ file }) => commandLine(['rm', '-f', file]),
  },
  keepFile: {
    exists: ({ file }) => `[ -s ${quote(file)} ]`,
    create: ({ file, content }) =>
      `(umask 077; mkdir -p "$(dirname ${quote(file)})"; printf %s ${quote(content)} >${quote(file)})`,
    remove: ({ file }) => commandLine(['rm', '-f', file]),
  },
  makeSecret: {
    exists: ({ file, from }) =>
      from === undefined ? `[ -s ${quote(file)} ]` : `[ "$(cat ${quote(file)})" = "$(${secretLine({ file: from })})" ]`,
    create: ({ file, from }) => {
      const source = from === undefined ? "od -An -N24 -tx1 /dev/urandom | tr -d ' \\n'" : secretLine({ file: from });
      return `(umask 077; mkdir -p "$(dirname ${quote(file)})"; ${source} >${quote(file)})`;
    },
    remove: ({ file }) => commandLine(['rm', '-f', file]),
  },
  runProcess: {
    exists: ({ url }) => commandLine(['curl', '--fail', '--silent', `${url}/health`]),
    create: processLines,
    remove: ({ url }) => `kill "$(lsof -t -iTCP:${new URL(url).port} -sTCP:LISTEN)"`,
  },
};

function netrcLine({ machine, login, password }: Of<'makeNetrc'>): string {
  return (
    `printf 'machine %s login %s password "%s"\\n' ${quote(machine)} ${quote(login)} ` +
    `"$(${secretLine(password)} | sed 's/[\\"]/\\\\&/g')"`
  );
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

function settingsTemplate({ home }: Owned): string {
  const isOurs = `{{$home := index .Config.Labels "${HOME_LABEL}"}}{{if or (eq $home "") (eq $home "${home}")}}`;
  return `${isOurs}{{index .Config.Labels "${SETTINGS_LABEL}"}}{{end}}`;
}

/** A command that succeeds when there is nothing to create. */
export function existsLine<K extends ActionKind>(action: Of<K>): string {
  return linesOf(action).exists(action);
}

/** A command that prints the fact; undefined when the action gives none. */
export function factLine<K extends ActionKind>(action: Of<K>): string | undefined {
  return 'fact' in action ? linesOf(action).fact?.(action) : undefined;
}

/** The command that creates what the action stands for; undefined for what is only asked. */
export function createLine<K extends ActionKind>(action: Of<K>): string | undefined {
  return linesOf(action).create(action);
}

/** The command that takes it away; undefined for what we leave (a pulled image is the engine's cache). */
export function removeLine<K extends ActionKind>(action: Of<K>): string | undefined {
  return linesOf(action).remove?.(action);
}

/** The name of an image without its tag. */
export function repositoryOf(image: string): string {
  return image.replace(/:[^:/]*$/, '');
}

function linesOf<K extends ActionKind>({ kind }: Of<K>): Lines<K> {
  return LINES[kind];
}
