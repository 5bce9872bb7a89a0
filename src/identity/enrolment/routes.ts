import type { FastifyInstance, FastifyRequest } from 'fastify';
import { IdentityError } from '../errors.ts';
import { isLogicalId, isRepresentative, type Principal } from '../principal.ts';
import {
  jsonObject,
  type RouteServices,
  recordedRoute,
  type Trail,
  takeJsonText,
} from '../recorded-route.ts';
import type { Interaction } from '../scope/scope.ts';
import { allowedBy } from '../scope/scopes.ts';
import type { Authenticator } from '../token/authenticator.ts';
import type { EnrolledKey } from './enrolled-key.ts';
import type { Enrolment } from './enrolment.ts';
import { parseCodeRequest, parseEnrolmentRequest } from './enrolment-request.ts';

/** What the enrolment routes of one organisation need. */
export interface EnrolmentServices extends RouteServices {
  authenticator: Authenticator;
  enrolment: Enrolment;
  now?: () => Date;
}

/**
 * Fastify plugin, registered under `/orgs/<org>` (FORMATS §4):
 * `POST /patients/{id}/enrolment` (staff) → 201 `{ code, expires }`, or with `{ "custody": "custodian" }` a key that the
 * organisation holds; `PUT /patients/{id}/key` → 200; `GET /patients/{id}/keys`; `DELETE /patients/{id}/keys/{key}`.
 */
export async function enrolmentRoutes(app: FastifyInstance, services: EnrolmentServices): Promise<void> {
  const { enrolment, now = () => new Date() } = services;
  takeJsonText(app, services, 'enrolment');

  app.post(
    '/patients/:patient/enrolment',
    recordedRoute(services, named('C', 'enrolment-code'), async (request, trail) => {
      const patient = await patientFor(services, request, trail, isStaff);
      const { custody, ...purpose } = parseCodeRequest(jsonObject(request.body), now());
      const body =
        custody === 'custodian'
          ? published(await enrolment.holdKey(patient, purpose))
          : await enrolment.openCode(patient, purpose);
      return { status: 201, body };
    }),
  );

  app.put(
    '/patients/:patient/key',
    recordedRoute(services, named('C', 'enrol-key'), async (request, trail) => {
      const patient = await patientFor(services, request, trail, isStaffOrOwn);
      const key = enrolment.enrol(patient, parseEnrolmentRequest(jsonObject(request.body)));
      return { status: 200, body: published(key) };
    }),
  );

  app.get(
    '/patients/:patient/keys',
    recordedRoute(services, named('R', 'read-keys'), async (request, trail) => {
      const patient = await patientFor(services, request, trail, isReaderOrOwn);
      return { status: 200, body: { keys: enrolment.enrolledKeys(patient).map(published) } };
    }),
  );

  app.delete(
    '/patients/:patient/keys/:key',
    recordedRoute(services, named('D', 'retire-key'), async (request, trail) => {
      const patient = await patientFor(services, request, trail, isStaffOrPatient);
      const { key } = request.params as { key: string };
      return { status: 200, body: published(enrolment.retireKey(patient, key)) };
    }),
  );
}

const named = (action: 'C' | 'R' | 'D', subtype: string) => ({ kind: 'enrolment', action, subtype }) as const;

/** Whether a principal may do this for a patient. */
type Rule = (principal: Principal, patient: string) => boolean;

/**
 * The patient that a request is about, once it is known that the principal may ask: the refusal does not tell whether
 * the patient exists. Rejects with IdentityError `token-…`, `scope-insufficient`, `request-invalid` or `patient-unknown`.
 */
async function patientFor(
  { authenticator, enrolment }: EnrolmentServices,
  request: FastifyRequest,
  trail: Trail,
  mayAsk: Rule,
): Promise<string> {
  const principal = await authenticator.authenticate(request.headers.authorization);
  trail.principal = principal;
  const { patient } = request.params as { patient: string };
  if (!isLogicalId(patient)) {
    throw new IdentityError('request-invalid', 'A patient id holds letters, digits, - and . only.');
  }
  if (!mayAsk(principal, patient)) throw insufficient();
  await enrolment.assertPatient(patient);
  trail.patients.push(patient);
  trail.objects.push(`Patient/${patient}`);
  return patient;
}

/** Somebody who works for the organisation, or a machine of it; never a patient, whatever the token's scopes say. */
function reaches({ kind, scopes }: Principal, interaction: Interaction): boolean {
  const allowed = allowedBy(scopes, 'Patient', interaction);
  return kind !== 'patient' && (allowed?.system === true || allowed?.user === true);
}

/** Binding a key to a patient is the organisation's word for who somebody is: a patient's own app cannot give it. */
const isStaff: Rule = (principal) => reaches(principal, 'u');

/** Their own patient in context, by an app that may at least read it. */
const isOwn: Rule = ({ patient, scopes }, asked) =>
  patient === asked && allowedBy(scopes, 'Patient', 'r') !== undefined;

/** The code says that they may; the token only keeps strangers from guessing. */
const isStaffOrOwn: Rule = (principal, asked) => isOwn(principal, asked) || isStaff(principal, asked);

const isReaderOrOwn: Rule = (principal, asked) => isOwn(principal, asked) || reaches(principal, 'r');

/**
 * An app that has a patient in context is not the patient, and neither is a parent: ending a key takes themself or staff, or one parent
 * could end the other's, or the child's own.
 */
const isStaffOrPatient: Rule = (principal, asked) =>
  isStaff(principal, asked) ||
  (principal.kind === 'patient' && !isRepresentative(principal.fhirUser) && isOwn(principal, asked));

function insufficient(): IdentityError {
  return new IdentityError(
    'scope-insufficient',
    'The token does not cover this: staff need a scope such as user/Patient.u.',
  );
}

function published({ id, patient, key, role, custody, from, until }: EnrolledKey) {
  return { id, patient, subjectKey: key, role, custody, from, ...(until === undefined ? {} : { until }) };
}
