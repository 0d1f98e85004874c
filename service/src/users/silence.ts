import type { Socket } from 'node:net';

/** What is asked of a client. */
interface Client {
  readonly status: string;
  readonly stream: Pick<Socket, 'bytesRead' | 'destroy'>;
}

/** To be told of each command, and of its end. */
interface Silence {
  readonly expectAnswer: () => void;
  readonly answered: () => void;
}

/** How often it is looked whether something came: so much later a silent connection may end. */
const LOOK_MS = 100;

/**
 * Ends a connection on which nothing has come for `limitMs` while an answer is due. ioredis has a `socketTimeout` for
 * this, but a timer alone takes a busy event loop for a silent server: what has come meanwhile is read after the timers.
 * So the loop may read first, and only then is it silence.
 */
export function endSilence(redis: Client, limitMs: number): Silence {
  let due = 0;
  let bytes = 0;
  let heard = 0;
  let timer: NodeJS.Timeout | undefined;

  const hear = (): void => {
    bytes = redis.stream.bytesRead;
    heard = performance.now();
  };
  const look = (): void => {
    timer = undefined;
    // What was due on a connection that has ended is refused with it.
    if (due === 0 || redis.status !== 'ready') return;
    if (redis.stream.bytesRead !== bytes) hear();
    if (performance.now() - heard < limitMs) lookLater();
    else redis.stream.destroy(new Error(`no answer within ${String(limitMs)} ms`));
  };
  const lookLater = (): void => {
    timer ??= setTimeout(() => setImmediate(look), LOOK_MS);
  };

  return {
    expectAnswer: () => {
      if (due++ === 0 && redis.status === 'ready') hear();
      lookLater();
    },
    answered: () => {
      due--;
    },
  };
}
