/** What `npm install` of the packed CLI brings to a machine. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { judge, type Verdict } from './budget.ts';
import { single } from './spread.ts';

/** As `npm pack --json` prints it. */
interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: object;
  readonly optionalDependencies?: object;
  readonly peerDependencies?: object;
}

const MEGABYTE = 1_000_000;
/** npm runs these when it installs a package from a registry; `prepare` only where the package is made. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];
const root = new URL('../', import.meta.url);

export async function judgePackage(): Promise<Verdict[]> {
  const manifest = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as Manifest;
  const packed = await pack();
  const atMost = { keep: 'at most' } as const;
  return [
    judge({ title: 'installed size, MB', limit: 10, decimals: 1, ...atMost }, single(packed.unpackedSize / MEGABYTE)),
    judge({ title: 'packed size, MB', limit: 10, decimals: 1, ...atMost }, single(packed.size / MEGABYTE)),
    judge({ title: 'install scripts', limit: 0, decimals: 0, ...atMost }, single(installScripts(manifest, packed))),
    judge({ title: 'packages it brings along', limit: 0, decimals: 0, ...atMost }, single(dependencies(manifest))),
  ];
}

/** Packs what is built, and writes nothing. */
async function pack(): Promise<Packed> {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: root, maxBuffer: MEGABYTE });
  const [packed] = JSON.parse(stdout) as [Packed];
  return packed;
}

/** A binding.gyp counts: npm runs node-gyp for it without being asked. */
function installScripts({ scripts = {} }: Manifest, { files }: Packed): number {
  const named = INSTALL_SCRIPTS.filter((name) => name in scripts);
  return named.length + files.filter(({ path }) => path === 'binding.gyp').length;
}

/** Each of them could have an install script of its own. */
function dependencies({ dependencies = {}, optionalDependencies = {}, peerDependencies = {} }: Manifest): number {
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).length;
}
