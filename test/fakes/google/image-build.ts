/**
 * A `docker build` of Dockerfiles that only copy: what was uploaded becomes a folder, with the environment and the
 * command that the Dockerfile gives it. What it cannot do is an error, as a real build would have one.
 *
 * Source: docs.docker.com/reference/dockerfile (FROM, LABEL, WORKDIR, COPY, ENV, EXPOSE, USER, HEALTHCHECK, CMD,
 * ENTRYPOINT in exec form, continuation lines, comments). The words of a failed COPY are BuildKit's.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SourceFile } from './source-archive.ts';

/** What a container of the image runs. */
export interface ImageContent {
  /** Where its files are on this machine. */
  readonly root: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

export class BuildError extends Error {}

interface Draft {
  workdir: string;
  env: Record<string, string>;
  entrypoint: string[];
  command: string[];
}

const IGNORED = ['FROM', 'LABEL', 'EXPOSE', 'USER', 'HEALTHCHECK'];

/** Into an empty folder. Throws a BuildError. */
export async function buildImage(source: readonly SourceFile[], root: string): Promise<ImageContent> {
  const dockerfile = source.find(({ path }) => path === 'Dockerfile');
  if (!dockerfile) throw new BuildError('unable to prepare context: unable to evaluate symlinks in Dockerfile path');
  const context = withoutIgnored(source);
  const draft: Draft = { workdir: '/', env: {}, entrypoint: [], command: [] };
  for (const line of instructions(dockerfile.content.toString())) {
    const [, word = '', rest = ''] = /^(\S+)\s+(.*)$/s.exec(line) ?? [];
    await apply(word.toUpperCase(), rest, draft, (words) => copy(context, words, join(root, draft.workdir)));
  }
  return { root, workdir: draft.workdir, env: draft.env, command: [...draft.entrypoint, ...draft.command] };
}

/** By .dockerignore, of which the last line that fits decides: docs.docker.com/build/concepts/context/#dockerignore-files. */
function withoutIgnored(source: readonly SourceFile[]): readonly SourceFile[] {
  const lines =
    source
      .find(({ path }) => path === '.dockerignore')
      ?.content.toString()
      .split('\n') ?? [];
  const rules = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => /^(!?)(.*)$/.exec(line) ?? []);
  const fits = (pattern: string, path: string): boolean =>
    pattern === '*' || path === pattern || path.startsWith(`${pattern}/`);
  return source.filter(({ path }) => {
    const [, negation = '!'] = rules.findLast(([, , pattern = '']) => fits(pattern, path)) ?? [];
    return negation === '!';
  });
}

async function apply(
  word: string,
  rest: string,
  draft: Draft,
  copyInto: (words: string[]) => Promise<void>,
): Promise<void> {
  if (word === 'WORKDIR') draft.workdir = join(draft.workdir, rest.trim());
  else if (word === 'ENV') Object.assign(draft.env, variables(rest));
  else if (word === 'CMD') draft.command = JSON.parse(rest) as string[];
  else if (word === 'ENTRYPOINT') draft.entrypoint = JSON.parse(rest) as string[];
  else if (word === 'COPY')
    await copyInto(
      rest
        .replaceAll(/--chown=\S+/g, '')
        .trim()
        .split(/\s+/),
    );
  else if (!IGNORED.includes(word)) throw new BuildError(`this stand-in does not build: ${word} ${rest}`);
}

function instructions(text: string): string[] {
  return text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

/** `A=1 B="two words"` */
function variables(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/(\w+)=(?:"([^"]*)"|(\S*))/g)];
  return Object.fromEntries(pairs.map(([, name = '', quoted, plain]) => [name, quoted ?? plain ?? '']));
}

async function copy(source: readonly SourceFile[], words: string[], into: string): Promise<void> {
  const target = words.pop() ?? '';
  for (const word of words) {
    const from = join(word);
    const folder = from === '.' || from === './' ? '' : from.replace(/\/?$/, '/');
    const found = source.filter(({ path }) => path === from || path.startsWith(folder));
    if (found.length === 0) {
      throw new BuildError(`failed to compute cache key: failed to calculate checksum of ref: "/${word}": not found`);
    }
    for (const { path, content } of found) {
      const rest = path === from ? (target.endsWith('/') ? path : '') : path.slice(folder.length);
      const file = join(into, target, rest);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  }
}
