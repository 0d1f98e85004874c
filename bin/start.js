'use strict';
const { existsSync, fstatSync } = require('node:fs');
const { join } = require('node:path');

const HELP_COLUMNS = 80;
const built = join(__dirname, '..', 'dist', 'cli');
const words = process.argv.slice(2);

if (words.length === 1 && words[0] === '--version') {
  print(require('../package.json').version + '\n');
} else if (!existsSync(join(built, 'main.js'))) {
  process.stderr.write('redisdemo is not built yet.\nRun:   npm run build\n');
  process.exitCode = 3;
} else {
  // The build has written the help texts, so that help does not load the program.
  const text = helpText();
  if (text === undefined) require(join(built, 'main.js'));
  else print(text);
}

/** undefined when main.js has to handle the line: not a request for help, or a terminal that is not 80 columns wide. */
function helpText() {
  const asksHelp = words.length === 0 || words[words.length - 1] === '--help' || words[words.length - 1] === '-h';
  if (!asksHelp || (fstatSync(1).isCharacterDevice() && (process.stdout.columns || HELP_COLUMNS) !== HELP_COLUMNS))
    return;
  const texts = require(join(built, 'help.json'));
  const path = words.slice(0, -1).join(' ');
  return Object.hasOwn(texts, path) ? texts[path] : undefined;
}

/** Exits 0 when the reader has closed the pipe, as in `redisdemo --help | head`. As src/cli/output.ts. */
function print(text) {
  process.stdout.on('error', ({ code, message }) => {
    if (code !== 'EPIPE') process.stderr.write(`Error: The result could not be written to stdout: ${message}\n`);
    process.exit(code === 'EPIPE' ? 0 : 1);
  });
  process.stdout.write(text);
}
