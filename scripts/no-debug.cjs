'use strict';
// In place of the library debug: channels that are never enabled. See left-out.ts.
module.exports = () => () => undefined;
module.exports.default = module.exports;
