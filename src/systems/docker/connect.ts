import type Docker from 'dockerode';
import { spawn } from 'node:child_process';
import { Agent, type AgentOptions, type ClientRequest } from 'node:http';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { inspect } from 'node:util';
import type { Address } from './address.ts';
import { limitAnswers } from './answers.ts';

type TcpAddress = Extract<Address, { kind: 'tcp' }>;

/**
 * A custom agent connects to any kind of address, and can end all its connections. dockerode always gets a socket path:
 * its own way to a host uses url.parse(), which Node warns about.
 */
export async function connectionOptions(address: Address): Promise<Docker.DockerOptions & { readonly agent: Agent }> {
  switch (address.kind) {
    case 'socket':
      return { socketPath: address.path, agent: agentOver(() => connect({ path: address.path })) };
    case 'tcp': {
      const host = address.host.includes(':') ? `[${address.host}]` : address.host;
      const headers = { Host: `${host}:${String(address.port)}` };
      return { socketPath: address.host, headers, agent: agentOver(await tcpConnections(address)) };
    }
    case 'ssh':
      return { socketPath: 'ssh', agent: agentOver(() => sshConnection(address.args)) };
  }
}

/** Node's types leave this method out. */
interface Requesting {
  readonly addRequest: (request: ClientRequest, ...rest: readonly unknown[]) => void;
}

function agentOver(createConnection: () => Duplex): Agent {
  // Without a server name, Node would derive one, for which it compiles its pattern of IPv6 addresses.
  const options: AgentOptions & { readonly servername: string } = { keepAlive: true, servername: '' };
  const agent: Agent & Partial<Requesting> = new Agent(options);
  const addRequest = agent.addRequest?.bind(agent);
  return Object.assign(agent, {
    createConnection,
    addRequest: (request: ClientRequest, ...rest: readonly unknown[]) => {
      limitAnswers(request);
      addRequest?.(request, ...rest);
    },
    // docker-modem formats its options with util.inspect() before every request: for an agent, a tenth of a command's time.
    [inspect.custom]: () => 'agent',
  });
}

async function tcpConnections({ host, port, tls }: TcpAddress): Promise<() => Duplex> {
  if (!tls) return () => connect({ host, port });
  const { connect: connectTls } = await import('node:tls');
  return () => connectTls({ host, port, ...tls });
}

/** Uses the system's ssh, like the docker client: with the user's keys, agents and ~/.ssh/config. */
function sshConnection(args: readonly string[]): Duplex {
  const ssh = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const connection = new Duplex({
    read: () => ssh.stdout.resume(),
    // The end of ssh tells whether it failed, and why.
    write: (chunk, _encoding, done) =>
      ssh.stdin.write(chunk, () => {
        done();
      }),
    destroy: (error, done) => {
      ssh.kill();
      done(error);
    },
  });
  let words = '';
  // ssh ends its lines with a carriage return, as for a terminal.
  const lastLine = (): string => words.trim().split('\n').at(-1)?.trim() ?? '';
  ssh.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  ssh.stdin.on('error', () => undefined);
  ssh.stdout.on('data', (chunk) => {
    if (!connection.push(chunk)) ssh.stdout.pause();
  });
  ssh.on('error', (error) => connection.destroy(error));
  ssh.on('close', (code) => {
    if (code === 0) connection.push(null);
    else connection.destroy(new Error(lastLine() || `ssh ended with exit code ${String(code)}`));
  });
  return likeSocket(connection, [ssh, ssh.stdin, ssh.stdout, ssh.stderr] as unknown as readonly Handle[]);
}

interface Handle {
  readonly ref: () => unknown;
  readonly unref: () => unknown;
}

/** Adds the socket methods that http calls and a pipe lacks. Idle connections do not keep the process alive. */
function likeSocket(connection: Duplex, handles: readonly Handle[]): Duplex {
  const same = (): Duplex => connection;
  return Object.assign(connection, {
    setTimeout: same,
    setNoDelay: same,
    setKeepAlive: same,
    ref: () => {
      for (const handle of handles) handle.ref();
    },
    unref: () => {
      for (const handle of handles) handle.unref();
    },
  });
}
