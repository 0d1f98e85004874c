/**
 * A TCP proxy in front of a server on 127.0.0.1 that can simulate a network outage.
 *
 * Beliefs: a lost network says nothing, neither FIN nor RST (RFC 9293, section 3.8.3: only retransmissions and their
 * timeout tell), and what a NAT or firewall has forgotten stays dead when the network is back (RFC 5382, section 5).
 * Unlike a real one it completes the handshake of TCP during an outage, as the backlog of a stopped server does.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface OutageProxy {
  readonly port: number;
  /** Open connections go silent for good, new ones are silent until {@link endOutage} and dead after it. */
  readonly beginOutage: () => void;
  /** New connections work. */
  readonly endOutage: () => void;
  /** Open connections go silent for good; new ones work. */
  readonly cut: () => void;
  /** New connections go to another server, as when the name of a server moves. */
  readonly redirect: (serverPort: number) => void;
  /** How many connections there have been. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

export async function startOutageProxy(serverPort: number): Promise<OutageProxy> {
  let isOutage = false;
  let connections = 0;
  let destination = serverPort;
  const alive = new Set<Socket>();
  const all = new Set<Socket>();

  const server = createServer((client) => {
    connections++;
    const upstream = connect(destination, '127.0.0.1');
    if (!isOutage) alive.add(client);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      all.add(from);
      from.on('data', (bytes) => {
        if (alive.has(client)) to.write(bytes);
      });
      from.on('error', () => undefined); // 'close' follows
      from.on('close', () => {
        all.delete(from);
        if (alive.has(client)) to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    beginOutage: () => {
      isOutage = true;
      alive.clear();
    },
    endOutage: () => {
      isOutage = false;
    },
    cut: () => {
      alive.clear();
    },
    redirect: (other) => {
      destination = other;
    },
    connections: () => connections,
    close: async () => {
      server.close();
      for (const socket of all) socket.destroy();
      await once(server, 'close');
    },
  };
}
