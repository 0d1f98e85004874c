/**
 * The users of a database, told to a redis-server that has no modules.
 *
 * Where each belief comes from:
 * - a database knows users by `roles_permissions`: whoever has the role gets the rules of the Redis ACL; the Redis name
 *   is the user's `name`; `default_user: false` takes the default user away: facts C7, redis/docs api/objects/bdb.
 * - rules are those of ACL SETUSER, but neither on/off nor passwords: redis/docs, rs/security/access-control.
 * - before Redis 8.2 commands of modules are in no category: +@read does not cover JSON.GET; from then on they are in
 *   @json or @search and in the usual ones, FT._LIST also in @admin, FT.DROPINDEX in @dangerous: the same, facts C7.
 *
 * The stand-ins of the modules turn JSON.GET into GET and so on (json-commands.ts, search-redis.ts), so a user of
 * theirs needs those too. `refused` says which of them the client itself may not call.
 */
import { compareVersions } from './families.ts';
import type { ClusterState, Database } from './state.ts';

export interface DatabaseUser {
  readonly name: string;
  readonly passwords: readonly string[];
  /** For ACL SETUSER, without name and passwords. */
  readonly rules: readonly string[];
  readonly modules: ReadonlySet<string>;
  /** Commands that only the stand-ins of the modules call for this user. */
  readonly refused: ReadonlySet<string>;
}

interface ModuleCommand {
  readonly categories: readonly string[];
  /** What the stand-in calls instead. */
  readonly calls: readonly string[];
}

const DOCUMENTS = ['eval', 'keys', 'type', 'get'];
export const MODULE_COMMANDS: Readonly<Record<string, ModuleCommand>> = {
  'json.set': { categories: ['json', 'write', 'slow'], calls: ['set', 'get'] },
  'json.get': { categories: ['json', 'read', 'slow'], calls: ['get'] },
  'ft.create': { categories: ['search', 'write', 'slow'], calls: DOCUMENTS },
  'ft.search': { categories: ['search', 'read', 'slow'], calls: DOCUMENTS },
  'ft.info': { categories: ['search', 'read', 'slow'], calls: [] },
  'ft.dropindex': { categories: ['search', 'write', 'slow', 'dangerous'], calls: [] },
  'ft._list': { categories: ['search', 'read', 'slow', 'admin'], calls: [] },
};
const NAMES = Object.keys(MODULE_COMMANDS);
const RULE = /^([~&]\S+|%R?W?~\S+|(all|reset)(keys|channels)|(all|no)commands|[+-]@?[\w.|-]+)$/i;

export function areRules(acl: string): boolean {
  return wordsOf(acl).every((word) => RULE.test(word));
}

/** All but the default user. */
export function usersOf(database: Database, { users, acls }: ClusterState): DatabaseUser[] {
  return database.fields.roles_permissions.flatMap(({ role_uid, redis_acl_uid }) => {
    const acl = acls.find(({ uid }) => uid === redis_acl_uid)?.acl ?? '';
    const holders = users.filter(({ role_uids }) => role_uids.includes(role_uid));
    return holders.map(({ name, password }) => ({
      name,
      passwords: [password],
      ...translateRules(acl, database.fields.redis_version),
    }));
  });
}

function translateRules(acl: string, version: string): Pick<DatabaseUser, 'rules' | 'modules' | 'refused'> {
  const words = wordsOf(acl);
  const hasCategories = compareVersions(version, '8.2') >= 0;
  const modules = new Set<string>();
  for (const word of words) {
    const named = NAMES.filter((name) => isMeant(word.slice(1), name, hasCategories));
    const all = /^(allcommands|nocommands)$/.test(word) ? NAMES : [];
    for (const name of [...named, ...all]) {
      if (word.startsWith('+') || word === 'allcommands') modules.add(name);
      else modules.delete(name);
    }
  }
  const own = words.filter((word) => !/^[+-](@json|@search|json\..*|ft\..*)$/.test(word));
  const called = [...new Set([...modules].flatMap((name) => MODULE_COMMANDS[name]?.calls ?? []))];
  const refused = called.filter((command) => !grants(own, command));
  return { rules: [...own, ...called.map((command) => `+${command}`)], modules, refused: new Set(refused) };
}

/** `rule` is a command or `@category`, without its sign. */
function isMeant(rule: string, name: string, hasCategories: boolean): boolean {
  if (!rule.startsWith('@')) return rule === name;
  if (rule === '@all') return true;
  return hasCategories && (MODULE_COMMANDS[name]?.categories ?? []).includes(rule.slice(1));
}

/** Whether these rules name the command or a category that holds it: redis.io, the pages of the commands. */
function grants(rules: readonly string[], command: string): boolean {
  const categories: Readonly<Record<string, readonly string[]>> = {
    set: ['write', 'string', 'slow'],
    get: ['read', 'string', 'fast'],
    eval: ['slow', 'scripting'],
    keys: ['keyspace', 'read', 'slow', 'dangerous'],
    type: ['keyspace', 'read', 'fast'],
  };
  const about = [command, '@all', ...(categories[command] ?? []).map((category) => `@${category}`)];
  return rules.reduce((granted, rule) => {
    if (rule === 'allcommands') return true;
    if (rule === 'nocommands') return false;
    return about.includes(rule.slice(1)) ? rule.startsWith('+') : granted;
  }, false);
}

function wordsOf(acl: string): string[] {
  return acl
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => (/^[+-]/.test(word) ? word.toLowerCase() : word));
}
