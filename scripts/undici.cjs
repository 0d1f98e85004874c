'use strict';
// The part of undici's index.js that EnvHttpProxyAgent and its request() need. left-out.ts bundles it instead of index.js.
const Dispatcher = require('undici/lib/dispatcher/dispatcher.js');
Object.assign(Dispatcher.prototype, require('undici/lib/api/index.js'));
exports.EnvHttpProxyAgent = require('undici/lib/dispatcher/env-http-proxy-agent.js');
