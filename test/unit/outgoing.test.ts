import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { COUNTED_FROM, unreadAnswers, type WatchUnread } from '../../service/src/http/outgoing.ts';

class Connection {
  destroyed = false;
  destroy(): void {
    this.destroyed = true;
  }
}

/** An answer that is not read. */
function send(watch: WatchUnread, connection: Connection, bytes: number): ServerResponse {
  const response = new EventEmitter() as unknown as ServerResponse;
  watch(response, connection as unknown as Socket, bytes);
  return response;
}

const MEBIBYTE = 1024 * 1024;

test('too much together: those that have waited longest are cut, and no more than need be', () => {
  const watch = unreadAnswers(60_000);
  const connections = Array.from({ length: 70 }, () => new Connection());
  for (const connection of connections) send(watch, connection, MEBIBYTE);
  expect(connections.filter(({ destroyed }) => destroyed)).toEqual(connections.slice(0, 6));
});

const WAITING = 10_000;
/** Few answers in many rounds: some of the rounds are not disturbed by anything. */
const ANSWERS = 100;
const ROUNDS = 100;
/** A visit to each of them takes a hundred times as long; noise does not. */
const MOST = 25;

/** The least time that answers take while so many connections wait, in milliseconds. */
function cost(waiting: number): number {
  const watch = unreadAnswers(60_000);
  for (let count = 0; count < waiting; count++) send(watch, new Connection(), 1);
  const connection = new Connection();
  const costs = Array.from({ length: ROUNDS }, () => {
    const begin = performance.now();
    for (let count = 0; count < ANSWERS; count++) send(watch, connection, COUNTED_FROM).emit('close');
    return performance.now() - begin;
  });
  return Math.min(...costs);
}

test('an answer costs the same, however many connections have unread ones', () => {
  expect(cost(WAITING) / cost(10)).toBeLessThan(MOST);
});
