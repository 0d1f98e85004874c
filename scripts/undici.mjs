// Exports only EnvHttpProxyAgent and its request(). left-out.ts bundles this file instead of undici's index.js.
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import api from 'undici/lib/api/index.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';

Object.assign(Dispatcher.prototype, api);
export { EnvHttpProxyAgent };
