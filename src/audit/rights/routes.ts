import { isRepresentative, type Principal } from '../../identity/index.ts';
import { requireOfficer, requireOwnOrOfficer } from '../asker.ts';
import type { AuditRouteServices } from '../audit-services.ts';
import { type Asked, type AuditedRoute, patientIn, sequenceIn } from '../audited-route.ts';
import { logicalIdIn, objectIn, oneOf, optionalText, textIn } from '../body.ts';
import { AuditError } from '../errors.ts';
import { isSeen, requireSeen, STEP_NAMES, takeStep } from './steps.ts';

/** Requests on one page. */
const PAGE = 50; // what an officer looks through at once

const RECORD = /^[A-Z][A-Za-z]{0,63}\/[A-Za-z0-9\-.]{1,64}$/;

const KINDS = ['access', 'amendment', 'accounting'] as const;

async function receive(services: AuditRouteServices, { principal, body, trail }: Asked): Promise<unknown> {
  const { rights } = services;
  const given = objectIn(body, ['kind', 'patient', 'text', 'object']);
  const kind = oneOf(given, 'kind', KINDS);
  const patient = logicalIdIn(given, 'patient');
  requireOwnOrOfficer(principal, patient);
  const object = optionalText(given, 'object') === undefined ? undefined : textIn(given, 'object', RECORD);
  if (kind === 'amendment' && object === undefined)
    throw new AuditError('malformed', '"object" names the record to amend, such as Condition/12.');
  if (object !== undefined && isRepresentative(principal.fhirUser))
    await requireShown(services, principal, object);
  // 45 CFR 164.526(b)(1): an amendment may be asked for in writing and with a reason.
  const text = textIn(given, 'text');
  const request = await rights.receive(
    { kind, patient, ...(object === undefined ? {} : { object }) },
    { actor: principal.id, text },
  );
  trail.patients.push(patient);
  return request;
}

/** Who asks for the patient names records that they may see; of any other it is as if the patient had none. Throws AuditError. */
async function requireShown(
  { vault, mayRead }: AuditRouteServices,
  principal: Principal,
  object: string,
): Promise<void> {
  const [type = '', id = ''] = object.split('/');
  const stored = await vault.read(type, id);
  if (stored?.text === undefined || !mayRead(principal, stored))
    throw new AuditError('not-found', `The patient has no such record: ${object.slice(0, 100)}`);
}

async function list({ rights }: AuditRouteServices, asked: Asked): Promise<unknown> {
  const { principal, query, trail } = asked;
  const before = sequenceIn(asked);
  const patient = query.patient === undefined ? undefined : patientIn(asked);
  // What individuals ask for is health data, and whether they are content with the organisation: staff have no business with it.
  if (patient === undefined) requireOfficer(principal);
  else requireOwnOrOfficer(principal, patient);
  const found = await rights.list({
    ...(before === undefined ? {} : { before }),
    ...(patient === undefined ? {} : { patient }),
    limit: PAGE,
  });
  // What a child, or the other parent, asked for is theirs to tell.
  const requests = found.requests.filter((request) => isSeen(principal, request));
  trail.patients.push(...new Set(requests.map((request) => request.patient)));
  return { ...found, requests };
}

/** Requests for access, amendment and accounting (45 CFR 164.524, 164.526, 164.528) and their steps. */
export function rightsRoutes(services: AuditRouteServices): AuditedRoute[] {
  const { rights } = services;
  return [
    {
      method: 'POST',
      path: '/audit/requests',
      name: 'rights-request',
      status: 201,
      work: (asked) => receive(services, asked),
    },
    {
      method: 'GET',
      path: '/audit/requests',
      name: 'rights-requests',
      work: (asked) => list(services, asked),
    },
    {
      method: 'GET',
      path: '/audit/requests/:id',
      name: 'rights-requests',
      work: async ({ principal, params, trail }) => {
        const request = await rights.read(params.id ?? '');
        requireSeen({ principal }, request);
        trail.patients.push(request.patient);
        return request;
      },
    },
    ...STEP_NAMES.map(
      (name): AuditedRoute => ({
        method: 'POST',
        path: `/audit/requests/:id/${name}`,
        name: `rights-${name}`,
        work: (asked) => takeStep(name, services, asked),
      }),
    ),
  ];
}
