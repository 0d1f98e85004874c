'use strict';
// Loaded before the program (node --require): writes what it had loaded at its end into the file that LOADED_MODULES names.
const { statSync, writeFileSync } = require('node:fs');

process.on('exit', () => {
  // "NativeModule net": undocumented, but Node's own tests of its start read it (test/parallel/test-bootstrap-modules.js).
  const native = process.moduleLoadList.filter((name) => name.startsWith('NativeModule '));
  const report = {
    native: native.map((name) => name.slice('NativeModule '.length)),
    files: Object.keys(require.cache),
    bytes: Object.keys(require.cache).reduce((sum, file) => sum + statSync(file).size, 0),
  };
  writeFileSync(process.env.LOADED_MODULES, JSON.stringify(report));
});
