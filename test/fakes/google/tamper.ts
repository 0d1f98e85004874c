/** What can go wrong with a container, for `project.tamper`. */
import type { Workload } from './container.ts';

function run(code: string): (workload: Workload) => Workload {
  return (workload) => ({ ...workload, command: ['node', '-e', code] });
}

export const crashAtStart = run(`console.error('Error: Cannot find module ./settings.js'); process.exit(1)`);

/** It takes no notice of PORT. */
export const listenElsewhere = run(`
  require('node:http').createServer((_, response) => response.end()).listen(0, process.env.LISTEN_HOST);
  console.log('listening on port 3000');
`);

/** Healthy, but no service of ours. */
export const answerWrongly = run(`
  require('node:http').createServer(({ url }, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ status: 'ok', url }));
  }).listen(process.env.PORT, process.env.LISTEN_HOST);
`);
