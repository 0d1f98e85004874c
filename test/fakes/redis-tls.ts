import { spawnSync } from 'node:child_process';

/** A server names the first setting that it does not know. */
const hasNoTls = String(spawnSync('redis-server', ['--tls-port', '0', '--no-such', 'x']).stderr).includes("'tls-port");

/** To stand in the title of tests that are skipped; empty when redis-server has TLS, or is not there. */
export const tlsMissing = hasNoTls ? ' (SKIPPED: this redis-server is built without TLS)' : '';
