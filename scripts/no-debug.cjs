'use strict';
// Replaces the debug library with functions that never print. See left-out.ts.
module.exports = () => () => undefined;
module.exports.default = module.exports;
