import type { StoreError } from './store.ts';

/** A command that was sent. */
export interface Waiting {
  readonly key: string;
  readonly sentAt: number;
  readonly giveUp: (error: StoreError) => void;
  state: 'due' | 'given up' | 'replied';
  next: Waiting | undefined;
}

/** Commands that wait for their replies, in the order in which they were sent and Redis replies. */
export interface ReplyQueue {
  readonly add: (key: string, giveUp: Waiting['giveUp']) => Waiting;
  readonly replied: (waiting: Waiting) => void;
  readonly oldest: () => Waiting | undefined;
}

export function replyQueue(): ReplyQueue {
  let oldest: Waiting | undefined;
  let newest: Waiting | undefined;
  return {
    add: (key, giveUp) => {
      const waiting: Waiting = { key, sentAt: performance.now(), giveUp, state: 'due', next: undefined };
      if (newest === undefined) oldest = waiting;
      else newest.next = waiting;
      newest = waiting;
      return waiting;
    },
    replied: (waiting) => {
      waiting.state = 'replied';
      while (oldest?.state === 'replied') {
        const { next } = oldest;
        // Unlinked: an old entry that waits for the garbage collector would keep all that came after it.
        oldest.next = undefined;
        oldest = next;
      }
      if (oldest === undefined) newest = undefined;
    },
    oldest: () => oldest,
  };
}
