import type { BreakGlassRegister } from '../audit/index.ts';
import type { Database } from '../database/index.ts';
import type { Recorder } from '../identity/index.ts';
import type { Primitives } from '../proof/index.ts';
import type { Asker } from './ask.ts';
import { FailedIdentifications } from './failed-identifications.ts';
import { LocatorDelivery } from './locator-delivery.ts';
import type { NetworkReader } from './network-reader.ts';
import { NonceStore } from './nonce-store.ts';
import { receiveLocator } from './receive-locator.ts';
import { refusalRecording } from './refusal-recording.ts';
import { releaseInEmergency } from './release-emergency.ts';
import { type RecordSource, releaseRecord } from './release-record.ts';
import type { ExchangeServices } from './routes.ts';

/** What a member's exchange is made of. */
export interface MemberExchangeParts {
  readonly organisation: string;
  readonly ledgerId: string;
  /** How this member asks others. */
  readonly asker: Asker;
  /** What it answers from. */
  readonly source: RecordSource;
  /** Opened with `exchangeMigrations` and `identificationMigrations`. */
  readonly database: Database;
  readonly breakGlass: BreakGlassRegister;
  /** True while the view of the ledger is too old to disclose by, except in an emergency. */
  readonly isStale: () => boolean;
  readonly recorder: Recorder;
  /** Policy texts of the present view of membership, newest last. */
  readonly policies: () => readonly string[];
  readonly primitives: Primitives;
  readonly onFault: ExchangeServices['onFault'];
}

/** Exchange of one member: routes that answer others, delivery of locators, and the reader of a network's record. */
export interface MemberExchange {
  readonly services: ExchangeServices;
  readonly delivery: LocatorDelivery;
  readonly reader: NetworkReader;
}

function handlersOf(parts: MemberExchangeParts): ExchangeServices['handlers'] {
  const { ledgerId, asker, source, database, breakGlass, isStale, primitives } = parts;
  const { services, consents, handleKey } = source;
  const failed = new FailedIdentifications(database, handleKey, asker.now);
  return {
    locator: receiveLocator({ services, ledgerId, consents, sealKeys: asker.sealKeys, primitives }),
    record: releaseRecord(source),
    emergency: releaseInEmergency({ ...source, breakGlass, failed, isStale }),
  };
}

/** Composes a member's exchange of its parts. */
export function composeExchange(parts: MemberExchangeParts): MemberExchange {
  const { organisation, asker, source, database, primitives, onFault } = parts;
  const { services, consents, handleKey } = source;
  const { members, signer, sealKeys, now } = asker;
  return {
    services: {
      ...{ members, signer, sealKeys, now, onFault },
      nonces: new NonceStore(database),
      handlers: handlersOf(parts),
      recordRefusal: refusalRecording(parts.recorder, organisation),
      locators: { services, consents },
    },
    delivery: new LocatorDelivery({ organisation, database, consents, asker, handleKey }),
    reader: {
      asker,
      consents,
      source,
      trust: async () => ({ policies: parts.policies(), primitives }),
    },
  };
}
