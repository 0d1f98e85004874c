import type { ReplyLimits } from '../settings.ts';
import type { Traffic } from './redis-traffic.ts';
import type { ReplyQueue } from './reply-queue.ts';
import { StoreError } from './store.ts';

interface CheckEvents {
  /** The oldest command was given up. */
  readonly overdue: () => void;
  /** After each check. */
  readonly checked: () => void;
}

/** How often deadlines and silence are checked. */
const CHECK_MS = 100;

/**
 * Gives up commands that wait too long, again and again while any wait.
 * @returns begins the checks; to be called whenever a command waits
 */
export function replyChecks(queue: ReplyQueue, traffic: Traffic, limits: ReplyLimits, events: CheckEvents): () => void {
  let timer: NodeJS.Timeout | undefined;
  /** The event loop reads what has arrived before it checks: a timer alone would take a busy loop for a silent Redis. */
  const checkLater = (): NodeJS.Timeout => {
    const dueAt = performance.now() + CHECK_MS;
    return setTimeout(() => setImmediate(check, dueAt), CHECK_MS);
  };
  const check = (dueAt: number): void => {
    timer = undefined;
    if (queue.oldest() === undefined) return;
    const now = performance.now();
    // A loop that was held up may have more to read than one turn of it takes.
    const isBehind = now - dueAt > CHECK_MS && traffic.hasMoved();
    if (!isBehind) giveUpOverdue(now);
    events.checked();
    timer = checkLater();
  };
  const giveUpOverdue = (now: number): void => {
    const oldest = queue.oldest();
    for (let at = oldest; at !== undefined && now - at.sentAt >= limits.replyMs; at = at.next) {
      if (at.state !== 'due') continue;
      at.state = 'given up';
      at.giveUp(new StoreError('silent', noReply(limits)));
      if (at === oldest) events.overdue();
    }
  };
  return () => {
    timer ??= checkLater();
  };
}

export function noReply({ replyMs }: ReplyLimits): string {
  return `no reply within ${String(replyMs)} ms`;
}
