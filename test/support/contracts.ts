/**
 * The contracts of Redis Software's REST API, derived from its documentation and from recorded answers: JSON Schemas that
 * lie beside the project, not in it. Requests are checked against what is documented as writable, answers against what
 * has been seen as well. What has no contract is not checked.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Exchange } from '../fakes/enterprise/exchanges.ts';

const FOLDER = new URL('../../../shared/contracts/software/', import.meta.url);

/** Why tests of contracts are skipped, to stand in their title; empty when they can run. */
export const contractsMissing = existsSync(FOLDER) ? '' : ' (SKIPPED: shared/contracts is not beside this checkout)';

interface Contract {
  readonly method: string;
  readonly path: RegExp;
  readonly request?: string;
  /** Of a 200. */
  readonly answer?: string;
  /** The answer is an array of such. */
  readonly list?: boolean;
}

interface Validator {
  (value: unknown): boolean;
  readonly errors?:
    readonly { readonly instancePath: string; readonly message?: string; readonly params: object }[] | null;
}

interface Ajv {
  readonly addSchema: (schema: unknown) => void;
  readonly getSchema: (id: string) => Validator | undefined;
}

const UID = '/\\d+';
const at = (path: string): RegExp => new RegExp(`^/v1${path}$`);
const CONTRACTS: readonly Contract[] = [
  { method: 'GET', path: at('/bootstrap'), answer: 'bootstrap.status' },
  { method: 'POST', path: at('/bootstrap/(validate/)?create_cluster'), request: 'bootstrap.create_cluster' },
  { method: 'POST', path: at('/bootstrap/(validate/)?join_cluster'), request: 'bootstrap.join_cluster' },
  { method: 'GET', path: at('/bdbs'), answer: 'bdbs.list' },
  { method: 'POST', path: at('/bdbs'), request: 'bdb.create', answer: 'bdb' },
  { method: 'GET', path: at(`/bdbs${UID}`), answer: 'bdb' },
  { method: 'PUT', path: at(`/bdbs${UID}`), request: 'bdb.update', answer: 'bdb' },
  { method: '(PUT|POST|DELETE)', path: at(`/bdbs${UID}/passwords`), request: 'bdb.password' },
  { method: 'GET', path: at(`/bdbs/stats/last(${UID})?`), answer: 'bdbs.stats.last' },
  { method: 'GET', path: at('/cluster'), answer: 'cluster' },
  { method: 'GET', path: at('/license'), answer: 'license' },
  { method: 'PUT', path: at('/license'), request: 'license.put' },
  { method: 'GET', path: at('/modules'), answer: 'modules.list' },
  { method: 'GET', path: at('/nodes'), answer: 'nodes.list' },
  { method: '(GET|PUT)', path: at(`/nodes${UID}`), answer: 'node' },
  { method: 'GET', path: at('/users'), answer: 'user', list: true },
  { method: 'GET', path: at('/roles'), answer: 'role', list: true },
  { method: 'GET', path: at('/redis_acls'), answer: 'redis_acl', list: true },
  { method: 'POST', path: at('/users'), request: 'user.create', answer: 'user' },
  { method: 'POST', path: at('/roles'), request: 'role.create', answer: 'role' },
  { method: 'POST', path: at('/redis_acls'), request: 'redis_acl.create', answer: 'redis_acl' },
  { method: 'GET', path: at('/actions/.+'), answer: 'action.v1' },
];

/** The breaches, one text each: `POST /v1/bdbs: request /memory_size must be integer`. */
export function checkExchanges(exchanges: readonly Exchange[]): string[] {
  const ajv = openContracts();
  return exchanges.flatMap((exchange) => {
    const contract = CONTRACTS.find(({ method, path }) => {
      return new RegExp(`^${method}$`).test(exchange.method) && path.test(exchange.path);
    });
    const breaches = [...checkRequest(ajv, exchange, contract), ...checkAnswer(ajv, exchange, contract)];
    return breaches.map((breach) => `${exchange.method} ${exchange.path}: ${breach}`);
  });
}

function checkRequest(ajv: Ajv, { body }: Exchange, contract: Contract | undefined): string[] {
  return contract?.request === undefined
    ? []
    : check(ajv, `${contract.request}.request`, body).map((text) => `request ${text}`);
}

function checkAnswer(ajv: Ajv, { status, answer, query }: Exchange, contract: Contract | undefined): string[] {
  // A refused validation answers with a status, and ?fields leaves out what is required.
  const isRefusal = status >= 400 && typeof answer === 'object' && answer !== null && !('state' in answer);
  const name = isRefusal ? 'error' : status === 200 && !query.includes('fields=') ? contract?.answer : undefined;
  if (name === undefined) return [];
  const values = contract?.list === true && !isRefusal ? (answer as readonly unknown[]) : [answer];
  const breaches = values.flatMap((value) => check(ajv, `${name}.response`, value));
  return breaches.map((text) => `answer ${String(status)} ${text}`);
}

function check(ajv: Ajv, name: string, value: unknown): string[] {
  const validate = ajv.getSchema(`https://redisdemo.invalid/contracts/software/${name}.schema.json`);
  if (validate === undefined) throw new Error(`there is no contract ${name}`);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath === '' ? 'itself' : instancePath} ${message ?? ''} ${JSON.stringify(params)}`;
  });
}

/** With the validator that fastify brings. */
function openContracts(): Ajv {
  const fromFastify = createRequire(createRequire(import.meta.url).resolve('fastify'));
  const fromCompiler = createRequire(fromFastify.resolve('@fastify/ajv-compiler'));
  const { Ajv2020 } = fromCompiler('ajv/dist/2020.js') as { Ajv2020: new (options: object) => Ajv };
  // The schemas have keywords of their own (x-…), and formats that nothing depends on.
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  for (const file of readdirSync(FOLDER)) ajv.addSchema(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')));
  return ajv;
}
