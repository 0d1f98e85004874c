/** Effects as the commands that a person would type in bash: without the checks and labels of print.ts. */
import { dirname } from 'node:path';
import { REDIS_VARIABLES } from '../connection.ts';
import type { Effect, EffectKind, FileContent, ManagedFile, RunProcess } from '../plan/action.ts';
import type { EffectWay, Explain, PlainFiles } from '../plan/explain.ts';
import { plainCall } from './explain-calls.ts';
import { buildLine, ownedLine, PLAIN, plainHandOver, runLine } from './docker-lines.ts';
import { bashWord, layout } from './layout.ts';
import { contentLine, repositoryOf } from './lines.ts';
import { commandLine, quote } from './shell.ts';

type Of<K extends EffectKind> = Extract<Effect, { kind: K }>;
type Line = string | undefined | Promise<string>;

interface Commands<K extends EffectKind> {
  readonly create: (effect: Of<K>, files: PlainFiles) => Line;
  readonly remove?: (effect: Of<K>, files: PlainFiles) => Line;
}

const COMMANDS: { readonly [K in EffectKind]: Commands<K> } = {
  pullImage: { create: ({ image }) => `docker pull ${quote(image)}` },
  createNetwork: {
    create: (network) => ownedLine('network', network, PLAIN),
    remove: ({ name }) => `docker network rm ${name}`,
  },
  createVolume: {
    create: (volume) => ownedLine('volume', volume, PLAIN),
    remove: ({ name }) => `docker volume rm ${name}`,
  },
  handOver: { create: plainHandOver, remove: ({ volume }) => `docker volume rm ${volume}` },
  runContainer: {
    create: (container) => runLine(container, PLAIN),
    remove: ({ name }) => `docker rm --force --volumes ${name}`,
  },
  buildImage: {
    create: (image) => buildLine(image, PLAIN),
    remove: ({ image }) =>
      layout([
        'docker image rm --force',
        `$(docker image ls --format '{{.Repository}}:{{.Tag}}' ${quote(repositoryOf(image))})`,
      ]),
  },
  resource: {
    create: ({ create }, files) => create && plainCall(create, files),
    remove: ({ remove }, files) => remove && plainCall(remove, files),
  },
  file: {
    create: plainFile,
    remove: ({ file, content }) => (content?.from === 'text' ? undefined : commandLine(['rm', '-f', file])),
  },
  runProcess: {
    create: plainProcess,
    remove: ({ url }) => `kill "$(lsof -t -iTCP:${new URL(url).port} -sTCP:LISTEN)"`,
  },
};

export function explainer(isOn: boolean): Explain | undefined {
  return isOn ? explain : undefined;
}

export async function explain(effect: Effect, way: EffectWay, files: PlainFiles): Promise<string | undefined> {
  const { create, remove } = COMMANDS[effect.kind] as Commands<EffectKind>;
  if (way === 'remove') return remove?.(effect, files);
  if (way === 'start' && effect.kind === 'runContainer') return `docker start ${effect.name}`;
  const before = way === 'replace' ? [await remove?.(effect, files)] : [];
  const lines = [...before, await create(effect, files)].filter((line) => line !== undefined);
  return lines.length === 0 ? undefined : lines.join('\n');
}

function plainFile({ file, content = { from: 'random' } }: ManagedFile): string | undefined {
  const source = contentCommand(content);
  if (source === undefined) return undefined;
  return layout([`(umask 077 && mkdir -p ${quote(dirname(file))} &&`, source, `>${quote(file)})`]);
}

/** undefined for a note of redisdemo to itself. */
function contentCommand(content: FileContent): string | undefined {
  if (content.from === 'random') return 'printf %s "$(openssl rand -hex 24)"';
  return content.from === 'text' ? undefined : contentLine(content);
}

/** Variables in the shell that are meant for something else would lead the service there. */
function plainProcess({ file, env, passedOn }: RunProcess): string {
  const unset = REDIS_VARIABLES.filter((name) => !(name in env) && !passedOn.includes(name));
  return layout([
    'env',
    ...unset.map((name) => `-u ${name}`),
    ...Object.entries(env).map(([name, value]) => bashWord(`${name}=${value}`)),
    `node ${quote(file)} &`,
  ]);
}
