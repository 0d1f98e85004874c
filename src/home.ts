/** The state folder: generated passwords, and the record of what runs here. */
import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileReason, isForbidden } from './file-errors.ts';
import { assertOwn } from './ownership.ts';
import { Problem } from './problem.ts';

/** More than an id has. */
const ID_BYTES = 64;

export interface Home {
  readonly folder: string;
  /** The label of everything in Docker created from this folder. It does not reveal the path. */
  readonly id: string;
  /** Keeps the id when the folder is moved, or the machine renamed. */
  readonly idFile: string;
  readonly secret: (name: string) => string;
  readonly certificate: (name: string) => string;
  readonly record: (name: string) => string;
  readonly log: (name: string) => string;
  readonly lock: (name: string) => string;
}

/**
 * Nothing is created here, and nothing is looked up before it is used: a command that stores nothing also works for an
 * account without a home folder.
 * @throws Problem, from every member: `bad_setting` where no folder can be found, `not_permitted` where other users can
 * change its content
 */
export function findHome(env: NodeJS.ProcessEnv): Home {
  const within = (...path: readonly string[]): string => {
    const folder = stateFolder(env);
    const stats = lookAt(folder);
    if (stats?.isDirectory() === false) throw notOne(folder, 'a folder');
    if (stats) assertOwn(folder, stats);
    return join(folder, ...path);
  };
  let id: string | undefined;
  return {
    get folder() {
      return within();
    },
    get id() {
      return (id ??= storedId(within('records', 'id')) ?? firstId(within()));
    },
    get idFile() {
      return within('records', 'id');
    },
    secret: (name) => within('secrets', name),
    certificate: (name) => within('certificates', `${name}.pem`),
    record: (name) => within('records', `${name}.json`),
    log: (name) => within('logs', `${name}.log`),
    lock: (name) => within('locks', name),
  };
}

const OWN_FOLDER =
  'Set REDISDEMO_HOME to the absolute path of a folder that you own, or of one that does not exist yet.';

function notOne(path: string, kind: 'a file' | 'a folder'): Problem {
  return new Problem('bad_file', {
    message: `${path}, where redisdemo stores its state, is not ${kind}.`,
    hint: OWN_FOLDER,
  });
}

function lookAt(folder: string): Stats | undefined {
  try {
    return statSync(folder, { throwIfNoEntry: false });
  } catch (error) {
    throw unreadable(folder, error as NodeJS.ErrnoException);
  }
}

function unreadable(path: string, error: NodeJS.ErrnoException): Problem {
  return new Problem(isForbidden(error) ? 'not_permitted' : 'bad_file', {
    message: `${path}, where redisdemo stores its state, cannot be read: ${fileReason(error)}.`,
    hint: OWN_FOLDER,
  });
}

/** undefined when there is none, or not written by redisdemo: then it is written again. Throws a Problem. */
function storedId(file: string): string | undefined {
  let handle: number | undefined;
  try {
    // Without O_NONBLOCK, opening a pipe waits for a program that writes to it.
    handle = openSync(file, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
    const stats = fstatSync(handle);
    if (!stats.isFile()) throw notOne(file, 'a file');
    assertOwn(file, stats);
    const bytes = Buffer.alloc(ID_BYTES);
    const text = bytes.toString('utf8', 0, readSync(handle, bytes)).trim();
    return /^[0-9a-f]{12}$/.test(text) ? text : undefined;
  } catch (error) {
    if (error instanceof Problem) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(file, error as NodeJS.ErrnoException);
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/**
 * Not random: scripts that are printed before anything is created agree on it, and a folder that was deleted and
 * created again owns what it owned. Two machines that share an engine have two ids.
 */
function firstId(folder: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(`${hostname()}\0${folder}`).digest('hex').slice(0, 12);
}

/**
 * REDISDEMO_HOME, otherwise the state folder of the platform. An empty variable counts as not set. Passwords are stored
 * here, so the result never depends on the current folder unless REDISDEMO_HOME itself is relative.
 */
function stateFolder(env: NodeJS.ProcessEnv): string {
  const own = env['REDISDEMO_HOME'];
  if (own === undefined || own === '') return join(platformState(env), 'redisdemo');
  if (!/^~(?:[/\\]|$)/.test(own)) return resolve(own);
  throw new Problem('bad_setting', {
    message: 'REDISDEMO_HOME begins with ~, which a shell replaces only outside of quotes.',
    hint: 'Write the whole path, or use the variable: REDISDEMO_HOME="$HOME/..."',
  });
}

/** Values that are not absolute are invalid and must be ignored: https://specifications.freedesktop.org/basedir-spec/latest */
function platformState(env: NodeJS.ProcessEnv): string {
  const windows = process.platform === 'win32' ? absolute(env['LOCALAPPDATA']) : undefined;
  return absolute(env['XDG_STATE_HOME']) ?? windows ?? join(personalFolder(env), '.local', 'state');
}

/** Not os.homedir() alone: it returns HOME as it is, even when that is empty or relative. */
function personalFolder(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32') return homedir();
  return absolute(env['HOME']) ?? folderOfAccount();
}

/** Containers often run with a user id that has no entry in /etc/passwd, and without HOME. */
function folderOfAccount(): string {
  try {
    return userInfo().homedir;
  } catch {
    throw new Problem('bad_setting', {
      message: 'There is no folder to store state in: HOME is not set, and this user id has no account.',
      hint: 'Set REDISDEMO_HOME to the absolute path of a folder that you own.',
    });
  }
}

function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

export function homeRemarks(env: NodeJS.ProcessEnv): readonly string[] {
  const own = env['REDISDEMO_HOME'];
  if (own !== undefined && own !== '') {
    return isAbsolute(own)
      ? []
      : [`REDISDEMO_HOME is relative: from another folder, redisdemo does not find what it stores in ${resolve(own)}.`];
  }
  const state = env['XDG_STATE_HOME'];
  return state === undefined || state === '' || isAbsolute(state)
    ? []
    : ['XDG_STATE_HOME is not an absolute path and is ignored, as the XDG specification demands.'];
}
