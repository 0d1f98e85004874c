/** What lives longer than a request gets no listeners from it: a connection can bring requests without end. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openApp } from '../support/app.ts';
import { LONG_WAIT } from '../support/long-wait.ts';
import { userText } from '../support/user-requests.ts';
import { openWire } from '../support/wire.ts';

const BURSTS = 20;
const LAST = 'GET /users/2 HTTP/1.1\r\nHost: service\r\n\r\n';

/** More than is counted as unread (outgoing.ts). */
const LARGE = userText({ name: 'x'.repeat(20_000) });
const put = (body: string, headers = ''): string =>
  `PUT /users/7 HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\n${headers}` +
  `Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`;

const REQUESTS = {
  'users that are read': 'GET /users/1 HTTP/1.1\r\nHost: service\r\n\r\n',
  'large users, written and read': `${put(LARGE)}GET /users/7 HTTP/1.1\r\nHost: service\r\n\r\n`,
  'refused input': put('{}'),
  'a body that is too large': put('x'.repeat(1024 * 1024 + 1)),
  'an expectation': put(userText(), 'Expect: ,\r\n'),
  'a path that does not exist': 'GET /nowhere HTTP/1.1\r\nHost: service\r\n\r\n',
  health: 'GET /health HTTP/1.1\r\nHost: service\r\n\r\n',
};

test.each(Object.entries(REQUESTS))(
  '%s: many bursts on one connection leave no listener behind',
  async (_what, text) => {
    const app = openApp(() => undefined);
    onTestFinished(() => app.close());
    await app.listen({ host: '127.0.0.1', port: 0 });
    const accepted = once(app.server, 'connection') as Promise<[Socket]>;
    const wire = await openWire({ url: `http://127.0.0.1:${String((app.server.address() as AddressInfo).port)}` });
    const [socket] = await accepted;
    const listeners = (): Record<string, number> =>
      Object.fromEntries(
        Object.entries({ socket, server: app.server, process }).flatMap(([what, emitter]) =>
          emitter
            .eventNames()
            .map((name) => [`${what} ${String(name)}`, emitter.listenerCount(name as string)] as const),
        ),
      );
    const burst = async (number: number): Promise<void> => {
      wire.write(text + LAST);
      await expect.poll(() => wire.read().split('Eden').length - 1, LONG_WAIT).toBe(number);
    };
    await burst(1);
    const before = listeners();
    for (let number = 2; number <= BURSTS; number++) await burst(number);
    expect(listeners()).toEqual(before);
  },
);
