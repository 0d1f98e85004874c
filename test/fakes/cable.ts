/**
 * A network cable between a client and a server on 127.0.0.1, which can be pulled out.
 *
 * Beliefs: a lost network says nothing, neither FIN nor RST (RFC 9293, section 3.8.3: only retransmissions and their
 * timeout tell), and what a NAT or firewall has forgotten stays dead when the network is back (RFC 5382, section 5).
 * Unlike a real one it completes the handshake of TCP while it is out, as the backlog of a stopped server does.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Cable {
  readonly port: number;
  /** Every connection of now is dead for good; those of later are silent until {@link plugIn}, then dead too. */
  readonly pullOut: () => void;
  /** New connections work. */
  readonly plugIn: () => void;
  /** The connections of now are dead for good; new ones work. */
  readonly cut: () => void;
  /** New connections go to another server, as when the name of a server moves. */
  readonly leadTo: (serverPort: number) => void;
  /** How many connections there have been. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

export async function startCable(serverPort: number): Promise<Cable> {
  let isOut = false;
  let connections = 0;
  let goal = serverPort;
  const alive = new Set<Socket>();
  const all = new Set<Socket>();

  const server = createServer((client) => {
    connections++;
    const upstream = connect(goal, '127.0.0.1');
    if (!isOut) alive.add(client);
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
    pullOut: () => {
      isOut = true;
      alive.clear();
    },
    plugIn: () => {
      isOut = false;
    },
    cut: () => {
      alive.clear();
    },
    leadTo: (other) => {
      goal = other;
    },
    connections: () => connections,
    close: async () => {
      server.close();
      for (const socket of all) socket.destroy();
      await once(server, 'close');
    },
  };
}
