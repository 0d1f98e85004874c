/** How the official Redis image gives up root: redis/docker-library-redis, debian/docker-entrypoint.sh and Dockerfile. */
import { chownSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** User and group `redis` in the image. */
export const REDIS_ID = 999;

/** CAP_SETGID and CAP_SETUID, bits 6 and 7: linux/capability.h. */
const NEEDED = (1n << 6n) | (1n << 7n);

export function mayDropRoot(): boolean {
  if (process.getuid?.() !== 0 || (process.env['SKIP_DROP_PRIVS'] ?? '') !== '') return false;
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${bounding}`) & NEEDED) === NEEDED;
}

/** The data directory and the configuration file, each only if nothing unexpected lies beside it. */
export function giveToRedis(dataDir: string, firstOption: string | undefined): void {
  const strange = readdirSync(dataDir).find((name) => !name.endsWith('.rdb') && name !== 'appendonlydir');
  if (strange === undefined) [dataDir, ...filesBelow(dataDir)].forEach(give);
  else refuse(`./${strange}`, 'data dir');

  if (firstOption === undefined || firstOption.startsWith('-')) return;
  const other = readdirSync(dirname(firstOption)).find((name) => name !== basename(firstOption));
  if (other === undefined) [dirname(firstOption), firstOption].filter(isHidden).forEach(give);
  else refuse(other, `'${dirname(firstOption)}'`);
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true }).map((name) => join(dir, String(name)));
}

/** Others may not read it. */
function isHidden(path: string): boolean {
  return (statSync(path).mode & 0o004) === 0;
}

function give(path: string): void {
  if (statSync(path).uid === REDIS_ID) return;
  try {
    chownSync(path, REDIS_ID, -1);
  } catch (error) {
    say(`Warning: cannot change owner to 'redis' for '${path}': ${String(error)}. Use SKIP_FIX_PERMS=1 to skip.`);
  }
}

function refuse(file: string, place: string): void {
  say(`Notice: Unknown file '${file}' found in ${place}. Permissions will not be modified.`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
