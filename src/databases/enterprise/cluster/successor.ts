/**
 * A node replaces its certificate when it becomes a cluster, and may show the new one some seconds after the bootstrap ends.
 * The fingerprint of the old one is stored beside the pinned certificate: whoever trusts the old one trusts its successor.
 * It is written before the bootstrap, so that an interrupted one can continue.
 */
import type { Api } from '../../../plan/call.ts';
import type { Systems } from '../../../plan/systems.ts';
import { CHANGE_LIMIT_MS } from '../rest/node-question.ts';

export type Successor = NonNullable<ReturnType<typeof successorOf>>;

export function successorOf({ trust }: Api, { certificates, files, perform }: Systems) {
  if (trust.kind !== 'pinned') return undefined;
  const file = predecessorFile(trust.file);
  return {
    /** Call right before the bootstrap. */
    expect: async (): Promise<void> => {
      const pinned = await certificates.pinned(trust.file);
      if (pinned !== undefined) await files.writePrivate(file, `${pinned}\n`);
    },
    /** Call when the bootstrap is refused or fails: from then on no other certificate is trusted. */
    forget: async (): Promise<void> => {
      await perform.remove({ kind: 'file', file });
    },
  };
}

export const predecessorFile = (certificate: string): string => `${certificate}.before`;

/** A fingerprint; undefined when redisdemo did not start a bootstrap. */
export async function predecessorOf(certificate: string, { files }: Systems): Promise<string | undefined> {
  const file = predecessorFile(certificate);
  return (await files.exists(file)) ? files.readSecret({ file }) : undefined;
}

export type CertificateChange = ReturnType<typeof certificateChange>;

/** Knows only a bootstrap that this run started. */
export function certificateChange({ trust }: Api) {
  let before: string | undefined;
  let awaitedSince: number | undefined;
  return {
    /** Call right before the bootstrap. */
    expect: async ({ certificates }: Systems): Promise<void> => {
      if (trust.kind === 'pinned') before = await certificates.pinned(trust.file);
    },
    /** Check last: the next request would find an untrusted certificate. */
    isPending: async ({ certificates }: Systems): Promise<boolean> => {
      if (before === undefined || trust.kind !== 'pinned') return false;
      awaitedSince ??= performance.now();
      if (performance.now() - awaitedSince > CHANGE_LIMIT_MS) return false;
      return (await certificates.pinned(trust.file)) === before;
    },
  };
}
