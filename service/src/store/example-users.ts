import { EXAMPLE_USERS, type UserId } from '../model/user.ts';
import { JsonModuleMissing, userKey } from './redis-client.ts';
import type { RedisLink } from './redis-link.ts';
import { StoreError } from './store.ts';

const RETRY_MS = 1000;

/** Writes the example users, once. @param refused is called with each new reason why they could not be written */
export function exampleWriter(link: RedisLink, refused: (reason: string) => void) {
  let isWritten = false;
  let isStarting = true;
  let refusal: StoreError | undefined;
  let retry: NodeJS.Timeout | undefined;

  const writeOne = async (id: UserId, document: string): Promise<void> => {
    try {
      await link.call('JSON.SET', userKey(id), '.', document, 'NX');
    } catch (error) {
      // A key of another type is somebody's data: left alone, as a document would be.
      if (!(error instanceof StoreError) || error.kind !== 'conflict') throw error;
      refused(`${userKey(id)}: ${error.message}`);
    }
  };
  /** The first JSON command is also the question for the module: no right to ask for modules is needed. */
  const write = async (): Promise<void> => {
    if (isWritten) return;
    clearTimeout(retry);
    try {
      // All at once: no request of a client comes between them.
      await Promise.all(Array.from(EXAMPLE_USERS, ([id, document]) => writeOne(id, document)));
      isWritten = true;
      refusal = undefined;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (!link.isConnected()) return; // the next connection tries again
      const isSaid = error.message === refusal?.message || (isStarting && error instanceof JsonModuleMissing);
      if (!isSaid) refused(error.message);
      refusal = error;
      retry = setTimeout(() => void write(), RETRY_MS).unref();
    }
  };
  return {
    /** Tries until it has succeeded. Resolves after the first try; to be called for each new connection. */
    write,
    /** Without the module no user can be stored at all. */
    throwIfModuleMissing: (): void => {
      if (refusal instanceof JsonModuleMissing) throw refusal;
    },
    /** From now on a missing module is reported too: at the start it is what the start fails with. */
    started: (): void => {
      isStarting = false;
    },
    stop: (): void => {
      clearTimeout(retry);
    },
  };
}
