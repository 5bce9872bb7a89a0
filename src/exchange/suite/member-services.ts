import { createRecorder } from '../../audit/index.ts';
import { ed25519Signer, nativePrimitives } from '../../crypto/index.ts';
import type { FhirServices } from '../../fhir/index.ts';
import {
  type Asker,
  consentDirectory,
  type ExchangeServices,
  FailedIdentifications,
  httpTransport,
  LocatorDelivery,
  type MemberDirectory,
  type NetworkReader,
  NonceStore,
  type RecordSource,
  receiveLocator,
  refusalRecording,
  releaseInEmergency,
  releaseRecord,
} from '../index.ts';
import { memberFhir } from './member-fhir.ts';
import type { MemberParts } from './member-parts.ts';
import type { ExchangeNetwork } from './network.ts';

/** One member's services, composed as node does it. */
export interface MemberServices {
  readonly fhir: FhirServices;
  readonly asker: Asker;
  readonly source: RecordSource;
  readonly delivery: LocatorDelivery;
  readonly exchange: ExchangeServices;
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

function exchangeOf(parts: MemberParts, asker: Asker, source: RecordSource): ExchangeServices {
  const { network, organisation, storage, breakGlass, view } = parts;
  const { database, vault } = storage;
  const { members, signer, sealKeys } = asker;
  const { services, consents, handleKey } = source;
  const receiver = {
    services,
    ledgerId: network.id,
    consents,
    sealKeys,
    primitives: nativePrimitives,
  };
  const failed = new FailedIdentifications(database, handleKey, now);
  const isStale = () => !view.isFresh;
  return {
    members,
    signer,
    sealKeys,
    nonces: new NonceStore(database),
    handlers: {
      locator: receiveLocator(receiver),
      record: releaseRecord(source),
      emergency: releaseInEmergency({ ...source, breakGlass, failed, isStale }),
    },
    recordRefusal: refusalRecording(createRecorder(vault, organisation, now), organisation),
    locators: { services, consents },
    onFault: () => undefined,
    now,
  };
}

/** Composes a member's services of its parts. */
export function memberServices(parts: MemberParts): MemberServices {
  const { network, organisation, storage } = parts;
  const asker = askerOf(parts);
  const fhir: FhirServices = memberFhir(parts, () => reader);
  const source = sourceOf(parts, fhir);
  const { consents, handleKey } = source;
  const reader: NetworkReader = {
    asker,
    consents,
    source,
    trust: async () => ({ policies: network.policies(), primitives: nativePrimitives }),
  };
  const { database } = storage;
  const delivery = new LocatorDelivery({ organisation, database, consents, asker, handleKey });
  return { fhir, asker, source, delivery, exchange: exchangeOf(parts, asker, source) };
}
