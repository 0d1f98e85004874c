'use strict';
/**
 * Starts the build, or says why it cannot run. npm starts this file with whatever Node the machine has and whatever
 * packages its settings left out, so it uses neither TypeScript nor a package, and is written for Node 12: without `??`,
 * and without `node:` before the names of Node's own modules.
 */
const { existsSync } = require('fs');
const { join } = require('path');

const REPAIR = 'npm ci --include=dev --include=optional --ignore-scripts=false';

// npx links the checkout into its cache and runs "prepare" again, without showing what it prints. After a failure its
// cache stays half made, and no later npx runs (libnpmexec). So here nothing fails: bin/redisdemo.js says what to do.
const isNpx = process.env.npm_command === 'exec';

if (!isNpx || !existsSync(join(__dirname, '..', 'dist', 'cli', 'main.js'))) {
  const obstacle = missingPackages() || missingNode();
  if (obstacle) fail({ message: `${obstacle}\nRun:   ${REPAIR}` });
  else import('./build.ts').catch(fail);
}

function fail(error) {
  if (isNpx) return;
  process.stderr.write(
    `redisdemo was not built: ${error.code === undefined && error.stack ? error.stack : error.message}\n`,
  );
  process.exitCode = 3;
}

/** esbuild itself comes with the development packages, its program with the optional ones. */
function missingPackages() {
  try {
    require('esbuild').transformSync('');
    return undefined;
  } catch (error) {
    const why =
      process.env.NODE_ENV === 'production'
        ? 'NODE_ENV is "production", or npm is set to omit dev'
        : 'npm may be set to omit dev or optional packages';
    return `the packages that build it are not installed (${why}).`;
  }
}

function missingNode() {
  if (process.features.typescript) return undefined;
  const why = 'install scripts may be turned off, or it was installed with something other than npm';
  return `this is Node ${process.versions.node}, and the Node 24 among its packages is not installed (${why}).`;
}
