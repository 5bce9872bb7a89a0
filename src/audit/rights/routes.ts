import { isOfficer, requireOfficer, requireOwnOrOfficer, requireOwnOrStaff, requireStaff } from '../asker.ts';
import type { AuditRouteServices } from '../audit-services.ts';
import { type Asked, type AuditedRoute, patientIn, sequenceIn } from '../audited-route.ts';
import { dayOrTime, objectIn, oneOf, optionalText, textIn } from '../body.ts';
import { AuditError } from '../errors.ts';
import type { RightsChange } from './rights-register.ts';
import { deny, disagree, extend, grant, type RightsRequest, rebut } from './rights-request.ts';
import { statementOf } from './statement.ts';

/** Requests on one page. */
const PAGE = 50; // what an officer looks through at once
/** Versions that one accepted amendment names. */
const MAX_AMENDED = 100; // more than a letter asks for

const LOGICAL_ID = /^[A-Za-z0-9\-.]{1,64}$/;
const RECORD = /^[A-Z][A-Za-z]{0,63}\/[A-Za-z0-9\-.]{1,64}$/;
const VERSION = /^[A-Z][A-Za-z]{0,63}\/[A-Za-z0-9\-.]{1,64}\/_history\/[1-9]\d{0,14}$/;

const KINDS = ['access', 'amendment', 'accounting'] as const;

async function receive({ rights }: AuditRouteServices, { principal, body, trail }: Asked): Promise<unknown> {
  const given = objectIn(body, ['kind', 'patient', 'text', 'object']);
  const kind = oneOf(given, 'kind', KINDS);
  const patient = textIn(given, 'patient', LOGICAL_ID);
  requireOwnOrOfficer(principal, patient);
  const object = optionalText(given, 'object') === undefined ? undefined : textIn(given, 'object', RECORD);
  if (kind === 'amendment' && object === undefined)
    throw new AuditError('malformed', '"object" names the record to amend, such as Condition/12.');
  // 45 CFR 164.526(b)(1): an amendment may be asked for in writing and with a reason.
  const text = textIn(given, 'text');
  const request = await rights.receive(
    { kind, patient, ...(object === undefined ? {} : { object }) },
    { actor: principal.id, text },
  );
  trail.patients.push(patient);
  return request;
}

async function list({ rights }: AuditRouteServices, asked: Asked): Promise<unknown> {
  const before = sequenceIn(asked);
  const page = { ...(before === undefined ? {} : { before }), limit: PAGE };
  if (asked.query.patient === undefined) {
    requireStaff(asked.principal);
    return await rights.list(page);
  }
  const patient = patientIn(asked);
  requireOwnOrStaff(asked.principal, patient);
  const found = await rights.list({ ...page, patient });
  if (found.requests.length > 0) asked.trail.patients.push(patient);
  return found;
}

type Step = (services: AuditRouteServices, asked: Asked, request: RightsRequest, now: Date) => RightsChange;

/** Staff decide; the individual disagrees. What is not the asker's is not there. */
const steps: Readonly<Record<string, { by: 'officer' | 'patient'; step: Step }>> = {
  extend: {
    by: 'officer',
    step: (_services, { principal, body }, request, now) => {
      const given = objectIn(body, ['until', 'text']);
      const act = { at: now, actor: principal.id, text: textIn(given, 'text') };
      return { request: extend(request, dayOrTime(given, 'until'), act) };
    },
  },
  grant: {
    by: 'officer',
    step: (_services, { principal, body }, request, now) => {
      const given = objectIn(body, ['text', 'amended']);
      const act = { at: now, actor: principal.id, text: textIn(given, 'text') };
      return { request: grant(request, act, amendedIn(given.amended)) };
    },
  },
  deny: {
    by: 'officer',
    step: (_services, { principal, body }, request, now) => {
      const given = objectIn(body, ['ground', 'text']);
      const act = { at: now, actor: principal.id, text: textIn(given, 'text') };
      return { request: deny(request, textIn(given, 'ground'), act) };
    },
  },
  disagree: {
    by: 'patient',
    step: (_services, { principal, body }, request, now) => {
      const text = textIn(objectIn(body, ['text']), 'text');
      const disputed = disagree(request, { at: now, actor: principal.id, text });
      return { request: disputed, versions: [statementOf(disputed, 1, now, principal.id)] };
    },
  },
  rebut: {
    by: 'officer',
    step: (_services, { principal, body }, request, now) => {
      const text = textIn(objectIn(body, ['text']), 'text');
      return { request: rebut(request, { at: now, actor: principal.id, text }) };
    },
  },
};

function amendedIn(value: unknown): string[] {
  if (value === undefined) return [];
  const isList = Array.isArray(value) && value.length <= MAX_AMENDED;
  if (!isList || !value.every((each) => typeof each === 'string' && VERSION.test(each)))
    throw new AuditError('malformed', '"amended" lists versions such as Condition/12/_history/2.');
  return value;
}

async function take(name: string, services: AuditRouteServices, asked: Asked): Promise<unknown> {
  const { rights, vault } = services;
  const { principal, params } = asked;
  const chosen = steps[name];
  if (chosen === undefined) throw new AuditError('not-found', 'There is no such step.');
  if (chosen.by === 'officer') requireOfficer(principal);
  const done = await rights.step(params.id ?? '', async (request, now) => {
    if (chosen.by === 'patient' && !isOfficer(principal) && principal.patient !== request.patient)
      throw new AuditError('not-found', 'There is no such request.');
    const change = chosen.step(services, asked, request, now);
    const last = change.request.steps.at(-1);
    for (const version of last?.amended ?? []) await rights.requireRecord(version, request.patient);
    if (last?.what !== 'rebutted') return change;
    const head = await vault.head('Communication', request.id);
    const version = (head?.version ?? 0) + 1;
    return { ...change, versions: [statementOf(change.request, version, now, principal.id)] };
  });
  asked.trail.patients.push(done.patient);
  return done;
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
        try {
          requireOwnOrStaff(principal, request.patient);
        } catch {
          // To others it is as if it did not exist.
          throw new AuditError('not-found', 'There is no such request.');
        }
        trail.patients.push(request.patient);
        return request;
      },
    },
    ...Object.keys(steps).map(
      (name): AuditedRoute => ({
        method: 'POST',
        path: `/audit/requests/:id/${name}`,
        name: `rights-${name}`,
        work: (asked) => take(name, services, asked),
      }),
    ),
  ];
}
