#!/usr/bin/env node
// Read by every Node there is, so it is written in the language of the oldest. It asks for the version, no more.
var version = process.versions.node.split('.');
if (Number(version[0]) < 22 || (Number(version[0]) === 22 && Number(version[1]) < 19)) {
  process.stderr.write(
    'redisdemo needs Node 22.19 or newer, and this is Node ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ').\n' +
      instead() +
      'Elsewhere install a current Node: https://nodejs.org/\n',
  );
  process.exitCode = 3;
} else {
  require('./start.js');
}

// npm ci brings a Node that fits, unless its install script was not allowed to run.
function instead() {
  var fs = require('fs');
  var root = require('path').join(__dirname, '..');
  if (!fs.existsSync(root + '/package-lock.json')) return '';
  if (fs.existsSync(root + '/node_modules/node/bin/node')) {
    return 'In this checkout run:   npx redisdemo   (npm ci has brought a Node that fits)\n';
  }
  return 'In this checkout run:   npm ci --include=dev --include=optional --ignore-scripts=false   (it brings a Node that fits)\n';
}
