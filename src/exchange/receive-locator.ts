import { compileConsent } from '../consent/index.ts';
import { type FhirServices, newTrail, requestContext } from '../fhir/index.ts';
import { fromBase64, linkMessage, type Primitives, verifyStatement } from '../proof/index.ts';
import { attachLocator } from './attach-locator.ts';
import type { ConsentDirectory } from './consent-directory.ts';
import { ExchangeError } from './errors.ts';
import { type Locator, openLocator, opensStatement } from './locator.ts';
import type { Member } from './member.ts';
import { memberPrincipal } from './member-principal.ts';
import type { ExchangeHandler } from './routes.ts';

const CONSENT_ID = /^[0-9a-f]{32}$/;
/** A locator is sent for the patient's care: what its entry in the audit trail says it was for. */
const PURPOSES = ['TREAT'];

/** What taking a locator needs. */
export interface LocatorReceiver {
  readonly services: FhirServices;
  readonly ledgerId: string;
  readonly consents: ConsentDirectory;
  readonly sealKeys: () => readonly Uint8Array[];
  readonly primitives: Primitives;
}

/** The patient here to whom the link belongs; undefined when there is no link, or when it proves nothing. */
function linkedPatient(receiver: LocatorReceiver, locator: Locator): string | undefined {
  const { link, id: consent, custodian } = locator;
  const { organisation } = receiver.services;
  if (link?.organisation !== organisation) return undefined;
  const message = linkMessage({ consent, custodian, ledger: receiver.ledgerId, organisation });
  if (!verifyStatement(message, link.key, link.signature, receiver.primitives)) return undefined;
  return receiver.consents.patientOfKey(link.key);
}

function sealedIn(question: unknown): { consent: string; sealed: Uint8Array } {
  const { consent, sealed } = (question ?? {}) as { consent?: unknown; sealed?: unknown };
  if (typeof consent === 'string' && CONSENT_ID.test(consent) && typeof sealed === 'string') {
    try {
      return { consent, sealed: fromBase64(sealed) };
    } catch {
      // Answered as everything else that is no locator.
    }
  }
  throw new ExchangeError('malformed', 'A locator comes as { consent, sealed }.');
}

/** Throws ExchangeError unless the locator comes from the consent's custodian, is what the ledger commits to, and is for this organisation. */
function requireRightful({ consents, services }: LocatorReceiver, locator: Locator, asker: Member): void {
  const state = consents.onLedger(locator.id);
  if (state === undefined)
    throw new ExchangeError('stale', 'The ledger here does not have this consent yet: send it again.');
  if (state.custodian !== asker.organisation || locator.custodian !== asker.organisation)
    throw new ExchangeError('not-permitted', 'Only the custodian of a consent sends its locator.');
  if (state.status !== 'active') throw new ExchangeError('not-permitted', 'The consent is not active.');
  if (!opensStatement(locator, state.statement))
    throw new ExchangeError('proof-failed', 'The consent is not the one on the ledger.');
  const compiled = compileConsent(locator.consent, locator.id, 'active');
  if (!('consent' in compiled) || !compiled.consent.grantees.includes(services.organisation))
    throw new ExchangeError('not-permitted', 'The consent does not name this organisation.');
}

/**
 * Takes a locator from a custodian (FORMATS §5). It must come from the consent's custodian, open the commitment on the
 * ledger, and the consent must be active and name this organisation. A link by a key enrolled here attaches it to that patient; without
 * one it waits for a clinician to confirm the match.
 */
export function receiveLocator(receiver: LocatorReceiver): ExchangeHandler {
  return async (asker, question, requestId) => {
    const { consent, sealed } = sealedIn(question);
    const locator = await openLocator(receiver.sealKeys(), sealed, consent);
    requireRightful(receiver, locator, asker);
    const { services, consents } = receiver;
    const trail = newTrail(requestId);
    trail.action = 'C';
    trail.subtype = 'locator';
    const principal = memberPrincipal(services.organisation, asker.organisation, PURPOSES);
    const context = requestContext(services, principal, trail);
    const patient = await attachLocator(
      { services, consents, context },
      locator,
      linkedPatient(receiver, locator),
    );
    return JSON.stringify({ attached: patient !== undefined });
  };
}
