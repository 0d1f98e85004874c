import { ClusterMode } from './redis-client.ts';
import type { StoreError } from './store.ts';

/** Keys of no user: an id has digits only. In cluster mode they are spread over the servers. */
const NOBODY = Array.from({ length: 16 }, (_, at) => `user:nobody-${String(at)}`);
/** A key that never exists. */
export const [NO_USER = ''] = NOBODY;

/** Finds out whether the server has only some keys, by reading alone. @param found is called once for each server */
export function clusterSearch(read: (key: string) => Promise<unknown>, found: (reason: string) => void) {
  let cluster: ClusterMode | undefined;
  /** Keys that the server in use has not been asked for, or has refused to look for: it may be starting. */
  let unsearched = new Set<string>();
  const search = (): void => {
    const keys = unsearched;
    for (const key of keys) {
      read(key).then(
        () => keys.delete(key),
        () => undefined,
      );
    }
  };
  return {
    /** For a new server. */
    restart: (): void => {
      cluster = undefined;
      unsearched = new Set(NOBODY);
      search();
    },
    search,
    /** To be called with every refusal, because the replies to the search are among them. */
    notice: (error: StoreError): void => {
      if (!(error instanceof ClusterMode)) return;
      if (cluster === undefined) found(error.message);
      cluster = error;
    },
    throwIfFound: (): void => {
      if (cluster !== undefined) throw cluster;
    },
  };
}
