/**
 * The search module in front of a Redis without one, beside the JSON stand-in whose documents it reads.
 *
 * Where each belief comes from:
 * - commands, options and the shape of a reply (count, then key and fields of each document, `$` being the whole one;
 *   LIMIT 0 10 by default): redis.io/commands/ft.create, ft.search, ft.dropindex, ft._list, ft.info.
 * - documents that existed before FT.CREATE appear only after a while, later ones at once: redis.io, "Indexing" ("For
 *   existing documents, indexing runs asynchronously in the background"). Here it takes 50 ms.
 * - `idx: no such index` is what FT.SEARCH says (RediSearch#1175), `Unknown Index name` the others (RediSearch#1656);
 *   `Index already exists`: redisearch-py#13, shortened since.
 * - the module's name in MODULE LIST is `search`: docker-library-redis#473.
 *
 * Unlike the real one: indices live as long as this process; only ON JSON; every document is read at every search, with
 * EVAL; RESP2 only. What queries may be is said in search-query.ts.
 */
import { addModule } from './json-commands.ts';
import type { Exchange, Translate } from './redis-proxy.ts';
import { readCommand, writeBlob, writeCommand } from './resp.ts';
import { matcher, readSchema, valuesAt, type Field } from './search-query.ts';

interface Index {
  readonly prefixes: readonly string[];
  readonly fields: readonly Field[];
  /** Not found before `scannedAt`. */
  readonly existed: ReadonlySet<string>;
  readonly scannedAt: number;
}

type Indices = Map<string, Index>;
type Words = readonly string[];

const SCAN_MS = 50;
const MODULE = { name: 'search', version: 21005, path: '/opt/redis-stack/lib/redisearch.so' };
const OK = Buffer.from('+OK\r\n');
const DOCUMENTS = `
local found = {}
for _, pattern in ipairs(ARGV) do
  for _, key in ipairs(redis.call('KEYS', pattern)) do
    if redis.call('TYPE', key).ok == 'string' then
      found[#found + 1] = key
      found[#found + 1] = redis.call('GET', key)
    end
  end
end
return found`;

/** Adds FT.* and the module's entry in MODULE LIST to what `next` understands. */
export function withSearch(next: Translate): Translate {
  const indices: Indices = new Map();
  return (frame) => {
    const [name = '', ...args] = readCommand(frame).map(String);
    switch (name.toUpperCase()) {
      case 'FT.CREATE':
        return create(indices, args);
      case 'FT.SEARCH':
        return search(indices, args);
      case 'FT.DROPINDEX':
        return known(indices, args, () => (indices.delete(args[0] ?? ''), OK));
      case 'FT.INFO':
        return known(indices, args, () => array([writeBlob('index_name'), writeBlob(args[0] ?? '')]));
      case 'FT._LIST':
        return local(() => array([...indices.keys()].map(writeBlob)));
      case 'MODULE': {
        const { request, answer } = next(frame);
        const add = args[0]?.toUpperCase() === 'LIST' ? addModule(MODULE) : (reply: Buffer) => reply;
        return { request, answer: (reply) => add(answer(reply)) };
      }
      default:
        return next(frame);
    }
  };
}

function create(indices: Indices, [name = '', ...options]: Words): Exchange {
  const schema = readSchema(options);
  if (typeof schema === 'string') return local(() => error(schema));
  return withDocuments(schema.prefixes, (documents) => {
    if (indices.has(name)) return error('Index already exists');
    indices.set(name, { ...schema, existed: new Set(documents.keys()), scannedAt: Date.now() + SCAN_MS });
    return OK;
  });
}

function search(indices: Indices, [name = '', query = '*', ...options]: Words): Exchange {
  const index = indices.get(name);
  if (index === undefined) return local(() => error(`${name}: no such index`));
  const matches = matcher(query, index.fields);
  if (typeof matches === 'string') return local(() => error(matches));
  return withDocuments(index.prefixes, (documents) => {
    const visible = [...documents].filter(([key]) => Date.now() >= index.scannedAt || !index.existed.has(key));
    const found = visible.filter(([, document]) => matches(JSON.parse(document))).sort();
    const [from = 0, count = 10] = optionValues(options, 'LIMIT', 2).map(Number);
    const entries = found.slice(from, from + count).flatMap((entry) => present(entry, index, options));
    return array([Buffer.from(`:${String(found.length)}\r\n`), ...entries]);
  });
}

function present([key, document]: readonly [string, string], { fields }: Index, options: Words): Buffer[] {
  if (options.some((option) => option.toUpperCase() === 'NOCONTENT')) return [writeBlob(key)];
  const [count = '0'] = optionValues(options, 'RETURN', 1);
  const names = optionValues(options, 'RETURN', 1 + Number(count)).slice(1);
  if (names.length === 0) return [writeBlob(key), array([writeBlob('$'), writeBlob(document)])];
  const shown = fields.filter(({ name }) => names.includes(name));
  const pairs = shown.flatMap(({ name, path }) =>
    valuesAt(JSON.parse(document), path)
      .slice(0, 1)
      .flatMap((value) => [writeBlob(name), writeBlob(typeof value === 'string' ? value : JSON.stringify(value))]),
  );
  return [writeBlob(key), array(pairs)];
}

function optionValues(options: Words, name: string, count: number): Words {
  const at = options.findIndex((option) => option.toUpperCase() === name);
  return at < 0 ? [] : options.slice(at + 1, at + 1 + count);
}

function known(indices: Indices, [name = '']: Words, answer: () => Buffer): Exchange {
  return local(() => (indices.has(name) ? answer() : error('Unknown Index name')));
}

/** An answer of our own keeps its place in the queue: the server is asked too, and refuses whoever has not logged in. */
function local(answer: () => Buffer): Exchange {
  return {
    request: writeCommand('PING'),
    answer: (reply) => (reply.toString().startsWith('+PONG') ? answer() : reply),
  };
}

function withDocuments(prefixes: Words, answer: (documents: ReadonlyMap<string, string>) => Buffer): Exchange {
  const patterns = prefixes.map((prefix) => `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`);
  return {
    request: writeCommand('EVAL', DOCUMENTS, '0', ...patterns),
    answer: (reply) => {
      if (!reply.toString('latin1', 0, 1).startsWith('*')) return reply;
      const words = readCommand(reply).map(String);
      return answer(new Map(words.flatMap((key, at) => (at % 2 === 0 ? [[key, words[at + 1] ?? 'null']] : []))));
    },
  };
}

function array(parts: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(`*${String(parts.length)}\r\n`), ...parts]);
}

function error(message: string): Buffer {
  return Buffer.from(`-${message}\r\n`);
}
