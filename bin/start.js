'use strict';
// Only a Node that knows import() reads this file.
const entry = require('node:path').join(__dirname, '..', 'dist', 'cli', 'main.js');
if (require('node:fs').existsSync(entry)) {
  import(require('node:url').pathToFileURL(entry).href);
} else {
  process.stderr.write('redisdemo is not built yet.\nRun:   npm run build\n');
  process.exitCode = 3;
}
