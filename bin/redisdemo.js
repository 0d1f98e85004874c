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
      'In a checkout run:   npx redisdemo   (npm ci has brought a Node that fits)\n' +
      'Elsewhere install a current Node: https://nodejs.org/\n',
  );
  process.exitCode = 3;
} else {
  require('./start.js');
}
