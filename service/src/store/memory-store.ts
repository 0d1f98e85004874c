import { EXAMPLE_USERS, writeUser } from '../model/user.ts';
import { StoreError, type UserStore } from './store.ts';

interface MemorySettings {
  /** The most bytes that all users together can take, counted by {@link sizeOf}. */
  readonly limit: number;
  /** Called when the first user is refused, for the log. */
  readonly full: () => void;
}

/** Nothing survives the process. The bytes are limited, because clients could otherwise fill its memory with users. */
export function memoryStore({ limit, full }: MemorySettings): UserStore {
  // The keys are text: a Map puts all bigints with the same last 64 bits in one bucket, which a client could make slow.
  const documents = new Map<string, string>();
  let bytes = 0;
  let isRefusing = false;

  const store = (id: string, document: string): void => {
    const old = documents.get(id);
    const growth = sizeOf(id, document) - (old === undefined ? 0 : sizeOf(id, old));
    if (bytes + growth > limit && growth > 0) {
      if (!isRefusing) full();
      isRefusing = true;
      throw new StoreError('full', 'The memory store is full: the user was not stored');
    }
    documents.set(id, copyOf(document));
    bytes += growth;
  };

  for (const [id, document] of EXAMPLE_USERS) store(id.toString(), document);
  return {
    name: 'memory',
    ready: () => Promise.resolve(),
    get: (id) => Promise.resolve(documents.get(id.toString()) ?? null),
    put: (id, user) =>
      new Promise((resolve) => {
        store(id.toString(), writeUser(user));
        resolve(undefined);
      }),
    check: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
}

/**
 * What V8 needs for a user beside the characters of its id and document: two string headers (16 bytes each), and an
 * entry in the Map (28 bytes, and as much again that a Map which has just grown keeps free). Rounded up.
 */
const BYTES_PER_USER = 128;

/** V8 needs one byte for each character of Latin-1 and two in any other text. ASCII is certain to be Latin-1. */
function sizeOf(id: string, document: string): number {
  const isAscii = Buffer.byteLength(document) === document.length;
  return BYTES_PER_USER + id.length + document.length * (isAscii ? 1 : 2);
}

/** V8 can keep joined text as a tree of its parts, and a part of a request body with the whole body. A copy stands alone. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
