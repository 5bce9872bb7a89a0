import type { FastifyInstance } from 'fastify';
import {
  type Context,
  FhirError,
  type FhirServices,
  mayWrite,
  parseQuery,
  permitted,
  reachOf,
  readPermitted,
} from '../fhir/index.ts';
import { decisionFacts, parseResource } from '../r4/index.ts';
import { attachLocator } from './attach-locator.ts';
import { bearerRequest } from './bearer-request.ts';
import type { ConsentDirectory, HeldLocator } from './consent-directory.ts';
import { ExchangeError } from './errors.ts';

/** `{ consent }`. */
const MAX_BODY_BYTES = 4 * 1024; // fifty times that
/** Locators in one answer; the oldest ids first, so that what is matched makes room for the rest. */
const MAX_LISTED = 200; // a month of unlinked grants at a busy clinic
const CONSENT_ID = /^[0-9a-f]{32}$/;

/** What confirming matches needs. */
export interface LocatorServices {
  readonly services: FhirServices;
  readonly consents: ConsentDirectory;
}

/** Matching is done by the organisation's own people or software, for any patient. Throws FhirError `not-permitted`. */
function requireStaff({ principal }: Context, type: string, permission: 'r' | 'u') {
  const reach = reachOf(principal, type, permission);
  if (reach.patientOnly !== undefined || reach.oneOf !== undefined)
    throw new FhirError('not-permitted', 'Matching records to patients is for staff.');
  return reach;
}

const isActive = ({ consents }: LocatorServices, id: string): boolean =>
  consents.onLedger(id)?.status === 'active';

/** A patient elsewhere who has said nothing here: for what an organisation does without a consent, and for nothing else. */
function mayList(context: Context, { consent }: HeldLocator): boolean {
  const { resource } = parseResource(JSON.stringify(consent));
  return permitted(context, decisionFacts(resource), []) !== undefined;
}

/** Active grants whose records wait for a patient here, as JSON text; the Consent says what its custodian knows of them. */
async function unmatched(locators: LocatorServices, context: Context): Promise<string> {
  const waiting: object[] = [];
  for (const id of locators.consents.heldIds()) {
    if (waiting.length >= MAX_LISTED) break;
    const held = isActive(locators, id) ? await locators.consents.held(id) : undefined;
    if (held !== undefined && held.patient === undefined && mayList(context, held))
      waiting.push({ consent: id, custodian: held.custodian, resource: held.consent });
  }
  // Numbers of the Consent keep their digits.
  return JSON.stringify({ locators: waiting });
}

function consentIn(body: unknown): string {
  let consent: unknown;
  try {
    ({ consent } = JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '') as { consent?: unknown });
  } catch {
    // No object, or no JSON: answered as one without a consent.
  }
  if (typeof consent === 'string' && CONSENT_ID.test(consent)) return consent;
  throw new ExchangeError('malformed', 'Name the consent: { "consent": "<id>" }.');
}

async function heldUnder(locators: LocatorServices, consent: string): Promise<HeldLocator> {
  const held = isActive(locators, consent) ? await locators.consents.held(consent) : undefined;
  if (held === undefined)
    throw new ExchangeError('not-found', 'There is no such locator here, or its consent is not active.');
  return held;
}

/** A clinician confirms that a record elsewhere is this patient's (FORMATS §5). The patient may have been made for it. */
async function confirm(
  locators: LocatorServices,
  context: Context,
  patient: string,
  body: unknown,
): Promise<string> {
  requireStaff(context, 'Consent', 'r');
  const reach = requireStaff(context, 'Patient', 'u');
  const consent = consentIn(body);
  const { facts, patients } = await readPermitted(context, 'Patient', patient);
  mayWrite(context, reach, facts, patients);
  const held = await heldUnder(locators, consent);
  await attachLocator({ ...locators, context }, held, patient);
  return JSON.stringify({ consent, custodian: held.custodian, patient });
}

/**
 * Fastify plugin, registered under `/orgs/<org>`, for grants that came without a link: `GET /locators?unmatched` lists those that wait,
 * `POST /patients/{id}/locators { consent }` attaches one to a patient.
 */
export async function locatorRoutes(
  app: FastifyInstance,
  { locators }: { locators: LocatorServices },
): Promise<void> {
  const { services } = locators;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  app.setErrorHandler((error, request, reply) => {
    const refuse = bearerRequest(services, { action: 'E', subtype: 'locator-unreadable' }, () =>
      Promise.reject(error),
    );
    return refuse(request, reply);
  });
  app.get(
    '/locators',
    bearerRequest(services, { action: 'R', subtype: 'locator-list' }, async (context, { url }) => {
      requireStaff(context, 'Consent', 'r');
      requireStaff(context, 'Patient', 'r');
      const query = parseQuery(url.slice(url.indexOf('?') + 1));
      if (!url.includes('?') || query.length !== 1 || query[0]?.[0] !== 'unmatched')
        throw new ExchangeError('malformed', 'Ask for /locators?unmatched.');
      return unmatched(locators, context);
    }),
  );
  app.post(
    '/patients/:patient/locators',
    bearerRequest(services, { action: 'U', subtype: 'locator-attach' }, (context, { params, body }) =>
      confirm(locators, context, (params as { patient: string }).patient, body),
    ),
  );
}
