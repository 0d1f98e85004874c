/** The two web services of a node: the REST API on 9443 and the page on 8443, which start again together. */
import { openApi, type ApiOptions } from './api.ts';
import { makeIdentity, type Identities, type Identity } from './certificate.ts';
import type { Exchanges } from './exchanges.ts';
import { openFaults } from './faults.ts';
import { delaysOf, type Behaviour } from './options.ts';
import type { Outage } from './outage.ts';

interface WebOptions {
  readonly address: string;
  readonly host: string;
  readonly ports: { readonly api: number; readonly ui: number };
  readonly behaviour: Behaviour;
  readonly identities: Identities;
  readonly exchanges: Exchanges;
  readonly answer: ApiOptions['answer'];
}

interface Web {
  /** After the bootstrap. */
  readonly restart: (identities: Identities) => void;
  readonly close: () => Promise<void>;
}

const PAGE = '<!doctype html><title>Redis Enterprise</title><h1>Redis Enterprise</h1>';
const NOT_RECORDED: Exchanges = { add: () => undefined, all: () => [] };

export async function openWeb(options: WebOptions): Promise<Web> {
  const { address, host, ports, behaviour, identities, exchanges } = options;
  const common = { node: address, host, outage: startOutage(behaviour) };
  const api = await openApi({
    ...common,
    port: ports.api,
    identity: served(identities.api, behaviour),
    findFault: openFaults(behaviour.faults ?? []),
    exchanges,
    answer: options.answer,
  });
  const ui = await openApi({
    ...common,
    port: ports.ui,
    identity: identities.cm,
    findFault: () => undefined,
    exchanges: NOT_RECORDED,
    answer: () => Promise.resolve({ status: 200, body: PAGE }),
  });
  return {
    restart: (next) => {
      const outage = swapOutage(behaviour);
      api.restart(served(next.api, behaviour), outage);
      ui.restart(next.cm, outage);
    },
    close: async () => {
      await Promise.all([api.close(), ui.close()]);
    },
  };
}

function startOutage(behaviour: Behaviour): Outage {
  const begin = Date.now();
  switch (behaviour.troubles?.start) {
    case 'silent':
      return { begin, ms: Infinity, stages: ['silent'] };
    case 'html':
      return { begin, ms: Infinity, stages: ['html'] };
    case undefined:
      return { begin, ms: delaysOf(behaviour).start, stages: ['reset', 'envoy', 'html'] };
  }
}

function swapOutage(behaviour: Behaviour): Outage {
  return { begin: Date.now(), ms: delaysOf(behaviour).swap, stages: ['reset', 'envoy', 'html', 'unauthorized'] };
}

/** What a man in the middle would show. */
function served(identity: Identity, { troubles }: Behaviour): Identity {
  return troubles?.certificate === 'other' ? makeIdentity('somebody-else', 'api') : identity;
}
