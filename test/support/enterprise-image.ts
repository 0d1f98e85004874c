/** The stand-in image of Redis Software: made to behave otherwise, and asked afterwards. On the engine of the tests, or another. */
import { createHash } from 'node:crypto';
import { execa } from 'execa';
import { engine } from './docker.ts';
import { runIn } from './engine-api.ts';
import { readExchanges, type Exchange } from '../fakes/enterprise/exchanges.ts';
import { CERTIFICATE_FILE, REQUESTS_FILE, STATE_FILE, type Kept } from '../fakes/enterprise/files.ts';
import type { Behaviour } from '../fakes/enterprise/options.ts';
import type { ClusterState } from '../fakes/enterprise/state.ts';

/** The name of an image that is `redislabs/redis:latest` but for this. Takes a fraction of a second. */
export async function enterpriseImage(behaviour: Behaviour, env = engine.env): Promise<string> {
  const value = JSON.stringify(behaviour);
  const name = `redisdemo-test/enterprise:${createHash('sha256').update(value).digest('hex').slice(0, 12)}`;
  const quoted = JSON.stringify(value).replaceAll('$', '\\$');
  const input = `FROM redislabs/redis:latest\nENV STAND_IN_BEHAVIOUR=${quoted}\n`;
  await execa('docker', ['build', '--quiet', '--tag', name, '-'], { env, input });
  return name;
}

/** What lies in the container at this moment. */
export async function certificateIn(container: string, env = engine.env): Promise<string> {
  return fileIn(container, CERTIFICATE_FILE, env);
}

/** Every request that this container received, in order. Not for one that has ended. */
export async function exchangesIn(container: string, env = engine.env): Promise<readonly Exchange[]> {
  return readExchanges(await fileIn(container, REQUESTS_FILE, env));
}

/** What this node knows of its cluster. Rejects as long as it is in none. */
export async function stateIn(container: string, env = engine.env): Promise<ClusterState> {
  const { state } = JSON.parse(await fileIn(container, STATE_FILE, env)) as Kept;
  return state;
}

async function fileIn(container: string, file: string, env: typeof engine.env): Promise<string> {
  const { code, output } = await runIn(env['DOCKER_HOST'] ?? '', container, ['cat', file]);
  if (code !== 0) throw new Error(output);
  return output;
}
