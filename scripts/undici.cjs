'use strict';
// What index.js of undici does for dispatcher.request() and EnvHttpProxyAgent. Bundled in its place: left-out.ts.
const Dispatcher = require('undici/lib/dispatcher/dispatcher.js');
Object.assign(Dispatcher.prototype, require('undici/lib/api/index.js'));
exports.EnvHttpProxyAgent = require('undici/lib/dispatcher/env-http-proxy-agent.js');
