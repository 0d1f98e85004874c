/**
 * COMMAND INFO with the commands of modules, for a server that has none.
 *
 * Where each belief comes from: one entry for each name in their order, nil for what is not there; an entry is name,
 * arity, flags, first key, last key, step, ACL categories: redis.io/commands/command-info.
 */
import type { Translate } from '../redis-proxy.ts';
import { readCommand, splitFrames, writeBlob } from '../resp.ts';

export function withCommandInfo(next: Translate, isLoaded: (command: string) => boolean): Translate {
  return (frame) => {
    const [command = '', sub = '', ...names] = readCommand(frame).map(String);
    const exchange = next(frame);
    if (command.toUpperCase() !== 'COMMAND' || sub.toUpperCase() !== 'INFO') return exchange;
    return {
      request: exchange.request,
      answer: (reply) => {
        if (!reply.toString('latin1', 0, 1).startsWith('*')) return reply;
        const entries = elementsOf(reply).map((entry, at) => {
          const name = (names[at] ?? '').toLowerCase();
          return isLoaded(name) ? describe(name) : entry;
        });
        return array(entries);
      },
    };
  };
}

function elementsOf(reply: Buffer): Buffer[] {
  const elements: Buffer[] = [];
  splitFrames((element) => elements.push(element))(reply.subarray(reply.indexOf('\r\n') + 2));
  return elements;
}

function describe(name: string): Buffer {
  const keys = name.startsWith('json.') ? [1, 1, 1] : [0, 0, 0];
  return array([writeBlob(name), integer(-2), array([]), ...keys.map(integer), array([])]);
}

function array(elements: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(`*${String(elements.length)}\r\n`), ...elements]);
}

function integer(value: number): Buffer {
  return Buffer.from(`:${String(value)}\r\n`);
}
