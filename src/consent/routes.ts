import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Principal } from '../identity/index.ts';
import type { StoredVersion } from '../vault/index.ts';
import type { ConsentServices } from './consent-services.ts';
import type { StepAnswer } from './consent-step.ts';
import { ConsentError } from './errors.ts';
import { grantConsent } from './granting.ts';
import { problemOf, sendProblem } from './http-errors.ts';
import { listConsents } from './listing.ts';
import { rebindConsent, vetoRebinding } from './rebinding.ts';
import {
  type HandlerAnswer,
  type RecordingServices,
  type RequestTrail,
  recordedHandler,
} from './recorded-handler.ts';
import { parseBody, parseConsentId } from './request.ts';
import { revokeConsent } from './revocation.ts';

/** A Consent may carry the signed form as an attachment; a scanned page is a few hundred kilobytes. */
const MAX_BODY_BYTES = 5 * 1024 * 1024; // as any ordinary body

/** What the consent routes of one organisation need. */
export interface ConsentRouteServices extends RecordingServices {
  readonly consents: ConsentServices;
  /** Who is asking; rejects with IdentityError. */
  readonly authenticate: (header: string | undefined) => Promise<Principal>;
  /** The decision by which a stored version would be read through FHIR. */
  readonly mayRead: (principal: Principal, stored: StoredVersion) => boolean;
  /** The decision by which a Consent would be changed through FHIR, or the office that records what patients say in person. */
  readonly mayChange: (principal: Principal, consent: string) => Promise<boolean>;
}

const recorded = (action: 'C' | 'R' | 'U' | 'D', subtype: string) =>
  ({ kind: 'consent', action, subtype }) as const;

/**
 * Fastify plugin, registered under `/orgs/<org>` (FORMATS §5): `POST /consents`; `POST /consents/{id}/revoke`, `…/rebind`
 * and `…/veto`, each without a token when the patient's key signs, at any member; `GET /consents?patient=`.
 */
export async function consentRoutes(app: FastifyInstance, services: ConsentRouteServices): Promise<void> {
  const { consents, mayChange } = services;
  const asStaff = { ...consents, mayChange };
  takeJsonText(app, services);

  app.post(
    '/consents',
    recordedHandler(services, recorded('C', 'consent-grant'), async (request, trail) => {
      const principal = await whoAsks(services, request, trail);
      const grant = parseBody.grant(request.body);
      const answer = await grantConsent(consents, grant, principal);
      trail.patients.push(grant.patient);
      return answered(201, answer, trail);
    }),
  );

  app.post(
    '/consents/:id/revoke',
    stepHandler(services, 'consent-revoke', async (id, body, principal) =>
      revokeConsent(asStaff, id, parseBody.revocation(body), principal),
    ),
  );
  app.post(
    '/consents/:id/rebind',
    stepHandler(services, 'consent-rebind', async (id, body, principal) =>
      rebindConsent(asStaff, id, parseBody.rebinding(body), principal),
    ),
  );
  app.post(
    '/consents/:id/veto',
    stepHandler(services, 'consent-veto', async (id, body, principal) =>
      vetoRebinding(consents, id, parseBody.veto(body), principal),
    ),
  );

  app.get(
    '/consents',
    recordedHandler(services, recorded('R', 'consent-list'), async (request, trail) => {
      const principal = await whoAsks(services, request, trail);
      const { patient } = request.query as { patient?: unknown };
      if (typeof patient !== 'string' || !/^[A-Za-z0-9\-.]{1,64}$/.test(patient))
        throw new ConsentError('malformed', 'Name one patient: ?patient=<logical id>.');
      const listed = await listConsents({ ...consents, mayRead: services.mayRead }, patient, principal);
      if (listed.length > 0) trail.patients.push(patient);
      return { status: 200, body: `{"consents":[${listed.map(listedText).join(',')}]}` };
    }),
  );
}

type StepWork = (id: string, body: unknown, principal: Principal | undefined) => Promise<StepAnswer>;

/** A step of a consent that exists. A token that is sent must be good, also where none is needed. */
function stepHandler(services: ConsentRouteServices, subtype: string, work: StepWork) {
  // A revocation too leaves the Consent, inactive: it is an update.
  return recordedHandler(services, recorded('U', subtype), async (request, trail) => {
    const hasToken = request.headers.authorization !== undefined;
    const principal = hasToken ? await whoAsks(services, request, trail) : undefined;
    const id = parseConsentId((request.params as { id: string }).id);
    const answer = await work(id, request.body, principal);
    const patient = (await services.consents.register.records.current(id))?.patient;
    if (patient !== undefined) trail.patients.push(patient);
    return answered(200, answer, trail);
  });
}

async function whoAsks(
  { authenticate }: ConsentRouteServices,
  request: FastifyRequest,
  trail: RequestTrail,
): Promise<Principal> {
  const principal = await authenticate(request.headers.authorization);
  trail.principal = principal;
  return principal;
}

function answered(status: 200 | 201, answer: StepAnswer, trail: RequestTrail): HandlerAnswer {
  trail.objects.push(`Consent/${answer.id}`);
  return { status: answer.status === 'pending' ? 202 : status, body: JSON.stringify(answer) };
}

/** The resource goes out as it is stored, every digit as written. */
function listedText({ resource, ...rest }: { resource: string }): string {
  return `${JSON.stringify(rest).slice(0, -1)},"resource":${resource}}`;
}

/** Bodies come as text: they are parsed after it is known who asks, and numbers keep their digits. */
function takeJsonText(app: FastifyInstance, services: ConsentRouteServices): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
    (_request, body, done) => done(null, body),
  );
  app.setErrorHandler(async (error, request, reply) => {
    const refuse = recordedHandler(services, recorded('R', 'unreadable'), () => Promise.reject(error));
    return refuse(request, reply).catch(() => sendProblem(reply, problemOf(error)));
  });
}
