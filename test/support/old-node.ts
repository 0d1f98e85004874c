/** The machine's own Node, when it is one that is too old: npm puts the project's before it on the PATH. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export const OLD_NODE = '/usr/bin/node';

const version = existsSync(OLD_NODE) ? execFileSync(OLD_NODE, ['--version'], { encoding: 'utf8' }).trim() : '';

/** To stand in the title of tests that are skipped; empty when there is one. */
export const oldNodeMissing = /^v(?:1\d|20|21)\./.test(version)
  ? ''
  : ` (SKIPPED: ${OLD_NODE} is ${version === '' ? 'absent' : version})`;
