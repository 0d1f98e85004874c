/**
 * A node makes itself another certificate when it becomes a cluster, and may show it only some seconds after it reports
 * the end of the bootstrap. Beside the pinned certificate is the fingerprint of the one that the node had when redisdemo
 * told it to: whoever trusts that one also trusts its successor. It is written before the node is told, so that an
 * interrupted bootstrap can continue.
 */
import type { Api } from '../../../plan/call.ts';
import type { Systems } from '../../../plan/systems.ts';
import { CHANGE_LIMIT_MS } from '../rest/node-question.ts';

export type Successor = NonNullable<ReturnType<typeof successorOf>>;

export function successorOf({ trust }: Api, { certificates, files, perform }: Systems) {
  if (trust.kind !== 'pinned') return undefined;
  const file = predecessorFile(trust.file);
  return {
    /** Call right before the node is told to become a cluster. */
    expect: async (): Promise<void> => {
      const pinned = await certificates.pinned(trust.file);
      if (pinned !== undefined) await files.writePrivate(file, `${pinned}\n`);
    },
    /** Call when the node refuses, or fails: from then on another certificate is somebody else's. */
    forget: async (): Promise<void> => {
      await perform.remove({ kind: 'file', file });
    },
  };
}

/** @param certificate the file of the pinned one */
export const predecessorFile = (certificate: string): string => `${certificate}.before`;

/** The fingerprint; undefined when the node was not told to become a cluster. */
export async function predecessorOf(certificate: string, { files }: Systems): Promise<string | undefined> {
  const file = predecessorFile(certificate);
  return (await files.exists(file)) ? files.readSecret({ file }) : undefined;
}

export type CertificateChange = ReturnType<typeof certificateChange>;

/** Of a bootstrap that this run started: only then the certificate of before is known. */
export function certificateChange({ trust }: Api) {
  let before: string | undefined;
  let awaitedSince: number | undefined;
  return {
    /** Call right before the node is told to become a cluster. */
    expect: async ({ certificates }: Systems): Promise<void> => {
      if (trust.kind === 'pinned') before = await certificates.pinned(trust.file);
    },
    /** Ask when everything else is ready: whatever is asked next would meet a stranger. */
    isPending: async ({ certificates }: Systems): Promise<boolean> => {
      if (before === undefined || trust.kind !== 'pinned') return false;
      awaitedSince ??= performance.now();
      if (performance.now() - awaitedSince > CHANGE_LIMIT_MS) return false;
      return (await certificates.pinned(trust.file)) === before;
    },
  };
}
