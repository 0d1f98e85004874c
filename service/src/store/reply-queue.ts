import type { StoreError } from './store.ts';

interface Waiting {
  readonly key: string;
  readonly sentAt: number;
  readonly giveUp: (error: StoreError) => void;
  state: 'due' | 'given up' | 'replied';
  next: Waiting | undefined;
}

/** Commands that wait for their replies, in the order in which they were sent and Redis replies. */
export class ReplyQueue {
  #oldest: Waiting | undefined;
  #newest: Waiting | undefined;

  get oldest(): Waiting | undefined {
    return this.#oldest;
  }

  add(key: string, giveUp: Waiting['giveUp']): Waiting {
    const waiting: Waiting = { key, sentAt: performance.now(), giveUp, state: 'due', next: undefined };
    if (this.#newest === undefined) this.#oldest = waiting;
    else this.#newest.next = waiting;
    this.#newest = waiting;
    return waiting;
  }

  replied(waiting: Waiting): void {
    waiting.state = 'replied';
    while (this.#oldest?.state === 'replied') {
      const { next } = this.#oldest;
      // Unlinked: an old entry that waits for the garbage collector would keep all that came after it.
      this.#oldest.next = undefined;
      this.#oldest = next;
    }
    if (this.#oldest === undefined) this.#newest = undefined;
  }
}
