import { lookup } from 'node:dns/promises';
import { absent, failed, ok } from '../../plan/answer.ts';
import type { Dns } from '../../plan/systems.ts';

/** Resolves names like the other programs of this machine. */
export function dnsSystem(): Dns {
  return {
    lookup: async (host) => {
      try {
        return ok((await lookup(host, { all: true })).map(({ address }) => address));
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        return code === 'ENOTFOUND' || code === 'ENODATA' ? absent(message) : failed(message);
      }
    },
  };
}
