// Exports only the agents that http.ts uses, with their request(). left-out.ts bundles this file instead of undici's index.js.
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import api from 'undici/lib/api/index.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';

Object.assign(Dispatcher.prototype, api);
export { Agent, ProxyAgent };
