import { fromBase64, linkMessage, type Primitives, verifyStatement } from '../proof/index.ts';
import type { ConsentDirectory } from './consent-directory.ts';
import { ExchangeError } from './errors.ts';
import { type Locator, openLocator, opensStatement } from './locator.ts';
import type { ExchangeHandler } from './routes.ts';

/** What taking a locator needs. */
export interface LocatorReceiver {
  readonly organisation: string;
  readonly ledgerId: string;
  readonly consents: ConsentDirectory;
  readonly sealKeys: () => readonly Uint8Array[];
  readonly primitives: Primitives;
  /** Records what arrived, durable before the answer. */
  readonly record: (
    consent: string,
    custodian: string,
    patient: string | undefined,
    requestId: string,
  ) => Promise<void>;
}

/** The patient here to whom the link belongs; undefined when there is no link, or when it proves nothing. */
function linkedPatient(receiver: LocatorReceiver, locator: Locator): string | undefined {
  const { link } = locator;
  if (link?.organisation !== receiver.organisation) return undefined;
  const statement = {
    consent: locator.id,
    custodian: locator.custodian,
    ledger: receiver.ledgerId,
    organisation: receiver.organisation,
  };
  if (!verifyStatement(linkMessage(statement), link.key, link.signature, receiver.primitives))
    return undefined;
  return receiver.consents.patientOfKey(link.key);
}

/**
 * Takes a locator from a custodian (FORMATS §5). It must come from the consent's custodian, open the commitment on the
 * ledger, and the consent must be active. A link by a key enrolled here attaches it to that patient; without one it waits
 * for a clinician to confirm the match.
 */
export function receiveLocator(receiver: LocatorReceiver): ExchangeHandler {
  return async (asker, question, requestId) => {
    const { consent, sealed } = (question ?? {}) as { consent?: unknown; sealed?: unknown };
    if (typeof consent !== 'string' || typeof sealed !== 'string')
      throw new ExchangeError('malformed', 'A locator comes as { consent, sealed }.');
    const locator = await openLocator(receiver.sealKeys(), decode(sealed), consent);
    const state = receiver.consents.onLedger(consent);
    if (state === undefined)
      throw new ExchangeError('stale', 'The ledger here does not have this consent yet: send it again.');
    if (state.custodian !== asker.organisation || locator.custodian !== asker.organisation) {
      throw new ExchangeError('not-permitted', 'Only the custodian of a consent sends its locator.');
    }
    if (state.status !== 'active') throw new ExchangeError('not-permitted', 'The consent is not active.');
    if (!opensStatement(locator, state.statement))
      throw new ExchangeError('proof-failed', 'The consent is not the one on the ledger.');
    const patient = linkedPatient(receiver, locator);
    await receiver.consents.attach(locator, patient);
    await receiver.record(consent, locator.custodian, patient, requestId);
    return JSON.stringify({ attached: patient !== undefined });
  };
}

function decode(text: string): Uint8Array {
  try {
    return fromBase64(text);
  } catch (cause) {
    throw new ExchangeError('malformed', 'The sealed locator is not base64.', cause);
  }
}
