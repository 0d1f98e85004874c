'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const entry = join(__dirname, '..', 'dist', 'cli', 'main.js');
if (process.argv.length === 3 && process.argv[2] === '--version') {
  // Scripts ask this often, and it needs nothing of what main.js loads.
  process.stdout.write(require('../package.json').version + '\n');
} else if (existsSync(entry)) {
  require(entry);
} else {
  process.stderr.write('redisdemo is not built yet.\nRun:   npm run build\n');
  process.exitCode = 3;
}
