import { BREAK_GLASS, EMERGENCY_REASONS, isEmergencyReason } from '../../consent/index.ts';
import { allowedBy, type Principal } from '../../identity/index.ts';
import { requireOfficer } from '../asker.ts';
import type { AuditRouteServices } from '../audit-services.ts';
import { type Asked, type AuditedRoute, patientIn, sequenceIn } from '../audited-route.ts';
import { logicalIdIn, objectIn, oneOf, optionalText, textIn } from '../body.ts';
import { AuditError } from '../errors.ts';
import { type Breaker, DEFAULT_MINUTES, MAX_MINUTES, MINUTE_MS } from './broken-glass.ts';

/** Emergency accesses on one page. */
const PAGE = 50; // what an officer looks through at once
/** Shorter texts say nothing of an emergency. */
const LEAST_TEXT = 10; // "chest pain"

/**
 * Whether somebody may break the glass: a clinician in person, with a token that says BTG. Software that vouches for a person has no
 * roles for them; it may say BTG only where it was registered for that.
 */
export function mayBreak({ kind, fhirUser, purposes, roles, scopes, ...who }: Principal): boolean {
  if (kind !== 'user' || who.actorOrganisation !== who.organisation) return false;
  if (fhirUser === undefined || !/^Practitioner(Role)?\//.test(fhirUser)) return false;
  if (!purposes.includes(BREAK_GLASS) || (roles !== undefined && !roles.includes('clinician'))) return false;
  return allowedBy(scopes, 'Patient', 'r')?.user === true;
}

function requireClinician(principal: Principal): void {
  if (!mayBreak(principal))
    throw new AuditError(
      'not-permitted',
      'This needs a clinician in person, with a token for the purpose BTG.',
    );
}

interface StoredPractitioner {
  readonly name?: readonly {
    readonly text?: string;
    readonly family?: string;
    readonly given?: readonly string[];
  }[];
}

/** The name under which somebody is known here; what they give themselves where nobody is. */
async function nameOf(
  { vault }: AuditRouteServices,
  person: string,
  given: string | undefined,
): Promise<string> {
  const [type = '', id = ''] = person.split('/');
  const stored = await vault.read(type, id);
  const [name] =
    stored?.text === undefined ? [] : ((JSON.parse(stored.text) as StoredPractitioner).name ?? []);
  const known = name?.text ?? [...(name?.given ?? []), name?.family ?? ''].join(' ').trim();
  const found = known === '' ? given : known;
  // 42 CFR 2.51(c)(1) asks for the name of the medical personnel.
  if (found === undefined)
    throw new AuditError('malformed', 'Nobody is known here under this name: give "name", your own.');
  return found;
}

function minutesIn(given: Readonly<Record<string, unknown>>): number {
  const { minutes = DEFAULT_MINUTES } = given;
  if (typeof minutes !== 'number' || !Number.isInteger(minutes) || minutes < 1 || minutes > MAX_MINUTES)
    throw new AuditError('malformed', `"minutes" is a whole number from 1 to ${MAX_MINUTES}.`);
  return minutes;
}

async function breakGlass(services: AuditRouteServices, asked: Asked): Promise<unknown> {
  const { principal, body, trail, requestId } = asked;
  requireClinician(principal);
  const given = objectIn(body, ['patient', 'reason', 'text', 'minutes', 'name']);
  const patient = logicalIdIn(given, 'patient');
  const { reason } = given;
  if (!isEmergencyReason(reason))
    throw new AuditError('malformed', `"reason" is one of ${Object.keys(EMERGENCY_REASONS).join(', ')}.`);
  const text = textIn(given, 'text').trim();
  if (text.length < LEAST_TEXT)
    throw new AuditError('malformed', '"text" says what the emergency is, in a few words.');
  const minutes = minutesIn(given);
  const person = principal.fhirUser ?? '';
  const breaker: Breaker = {
    person,
    name: await nameOf(services, person, optionalText(given, 'name')),
    organisation: services.organisation,
    affiliation: services.directory(services.organisation).name ?? services.organisation,
  };
  const until = new Date(services.now().getTime() + minutes * MINUTE_MS);
  const glass = await services.breakGlass.break({
    patient,
    reason,
    text,
    until,
    holder: principal.id,
    breaker,
    principal: { ...principal, purposes: [BREAK_GLASS] },
    requestId,
  });
  trail.isCommitted = true;
  const { id, opened, stale } = glass;
  return { id, patient, reason, opened, until: glass.until, stale, purpose: BREAK_GLASS };
}

async function queue({ breakGlass: register }: AuditRouteServices, asked: Asked): Promise<unknown> {
  requireOfficer(asked.principal);
  const before = sequenceIn(asked);
  const { glass, next } = await register.list({
    ...(asked.query.patient === undefined ? {} : { patient: patientIn(asked) }),
    ...(before === undefined ? {} : { before }),
    limit: PAGE,
  });
  asked.trail.patients.push(...new Set(glass.map(({ patient }) => patient)));
  return { accesses: glass, ...(next === undefined ? {} : { next: String(next) }) };
}

/** Breaking the glass, and the queue in which the privacy officer looks into each. */
export function breakGlassRoutes(services: AuditRouteServices): AuditedRoute[] {
  return [
    {
      method: 'POST',
      path: '/break-glass',
      name: 'break-glass',
      status: 201,
      work: (asked) => breakGlass(services, asked),
    },
    {
      method: 'GET',
      path: '/audit/break-glass',
      name: 'break-glass-queue',
      work: (asked) => queue(services, asked),
    },
    {
      method: 'POST',
      path: '/audit/break-glass/:id/review',
      name: 'review-break-glass',
      work: async ({ principal, params, body, trail }) => {
        requireOfficer(principal);
        const given = objectIn(body, ['outcome', 'note']);
        const reviewed = await services.breakGlass.review(params.id ?? '', {
          outcome: oneOf(given, 'outcome', ['justified', 'violation'] as const),
          note: textIn(given, 'note'),
          reviewer: principal.id,
        });
        trail.patients.push(reviewed.patient);
        return reviewed;
      },
    },
  ];
}
