import { createRecorder } from '../../audit/index.ts';
import { ed25519Signer, nativePrimitives } from '../../crypto/index.ts';
import type { FhirServices } from '../../fhir/index.ts';
import {
  type Asker,
  composeExchange,
  consentDirectory,
  httpTransport,
  type MemberDirectory,
  type MemberExchange,
  type RecordSource,
} from '../index.ts';
import { memberFhir } from './member-fhir.ts';
import type { MemberParts } from './member-parts.ts';
import type { ExchangeNetwork } from './network.ts';

/** One member's services, composed as node does it. */
export interface MemberServices {
  readonly fhir: FhirServices;
  readonly asker: Asker;
  readonly source: RecordSource;
  readonly exchange: MemberExchange;
}

const now = () => new Date();

function membersOf(network: ExchangeNetwork, organisation: string): MemberDirectory {
  return {
    get own() {
      return network.member(organisation);
    },
    others: () =>
      network
        .organisations()
        .filter((each) => each !== organisation)
        .map((each) => network.member(each)),
    lookup: network.lookup,
  };
}

function askerOf({ network, organisation }: MemberParts): Asker {
  const sign = network.key(organisation, 'exchange-sign');
  return {
    members: membersOf(network, organisation),
    signer: { keyId: `${organisation}/${sign.id}`, sign: ed25519Signer(sign.privateKey) },
    sealKeys: () => [network.key(organisation, 'exchange-seal').privateKey],
    transport: httpTransport,
    now,
  };
}

function sourceOf({ storage, consents, view }: MemberParts, services: FhirServices): RecordSource {
  const { log, keyring } = storage;
  return {
    services,
    consents: consentDirectory(consents.register),
    handleKey: keyring.key('exchange-handle').key,
    fresh: async () => view.isFresh,
    proofsFor: async (leaves, options) => {
      // Nothing ticks here: what was just written is published when it is asked for.
      await log.publish();
      const proofs = await log.proofsFor(leaves, options);
      return new Map(proofs?.map((proof, at) => [leaves[at] ?? -1, proof]));
    },
  };
}

/** Composes a member's services of its parts. */
export function memberServices(parts: MemberParts): MemberServices {
  const { network, organisation, storage, breakGlass, view } = parts;
  const { database, vault } = storage;
  const asker = askerOf(parts);
  const fhir: FhirServices = memberFhir(parts, () => exchange.reader);
  const source = sourceOf(parts, fhir);
  const exchange = composeExchange({
    ...{ organisation, asker, source, database, breakGlass },
    ledgerId: network.id,
    isStale: () => !view.isFresh,
    recorder: createRecorder(vault, organisation, now),
    policies: () => network.policies(),
    primitives: nativePrimitives,
    onFault: () => undefined,
  });
  return { fhir, asker, source, exchange };
}
