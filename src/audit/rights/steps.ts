import { isRepresentative, type Principal } from '../../identity/index.ts';
import { requireOfficer, requireOwnOrOfficer } from '../asker.ts';
import type { AuditRouteServices } from '../audit-services.ts';
import type { Asked } from '../audited-route.ts';
import { dayOrTime, objectIn, textIn } from '../body.ts';
import { AuditError } from '../errors.ts';
import {
  type Act,
  deny,
  disagree,
  enclose,
  extend,
  grant,
  type RightsRequest,
  rebut,
} from './rights-request.ts';
import { isDisclosed, statementOf, statementPlace } from './statement.ts';
import { recordLabels, statementLabels } from './statement-labels.ts';

/** Versions that one accepted amendment names. */
const MAX_AMENDED = 100; // more than a letter asks for

const VERSION = /^[A-Z][A-Za-z]{0,63}\/[A-Za-z0-9\-.]{1,64}\/_history\/[1-9]\d{0,14}$/;

interface Step {
  /** Staff decide; the individual disagrees, or asks that the denial be told of. */
  readonly by: 'officer' | 'patient';
  /** Members of the body beside `text`. */
  readonly members: readonly string[];
  readonly take: (
    request: RightsRequest,
    given: Readonly<Record<string, unknown>>,
    act: Act,
  ) => RightsRequest;
}

const STEPS: Readonly<Record<string, Step>> = {
  extend: {
    by: 'officer',
    members: ['until'],
    take: (request, given, act) => extend(request, dayOrTime(given, 'until'), act),
  },
  grant: {
    by: 'officer',
    members: ['amended'],
    take: (request, given, act) => grant(request, act, amendedIn(given.amended)),
  },
  deny: {
    by: 'officer',
    members: ['ground'],
    take: (request, given, act) => deny(request, textIn(given, 'ground'), act),
  },
  enclose: { by: 'patient', members: [], take: (request, _given, act) => enclose(request, act) },
  disagree: { by: 'patient', members: [], take: (request, _given, act) => disagree(request, act) },
  rebut: { by: 'officer', members: [], take: (request, _given, act) => rebut(request, act) },
};

/** Names of the steps that a request can take. */
export const STEP_NAMES: readonly string[] = Object.keys(STEPS);

/** Takes a step of the request in the path; resolves to the request after it. Throws AuditError and VaultError. */
export async function takeStep(name: string, services: AuditRouteServices, asked: Asked): Promise<unknown> {
  const { rights, statements, vault, onFault } = services;
  const { principal, params, body, trail } = asked;
  const step = STEPS[name];
  if (step === undefined) throw new AuditError('not-found', 'There is no such step.');
  if (step.by === 'officer') requireOfficer(principal);
  const done = await rights.step(params.id ?? '', async (before, now) => {
    requireSeen(asked, before);
    const given = objectIn(body, [...step.members, 'text']);
    const request = step.take(before, given, { at: now, actor: principal.id, text: textIn(given, 'text') });
    const last = request.steps.at(-1);
    for (const version of last?.amended ?? []) await rights.requireRecord(version, request.patient);
    if (last === undefined || !isDisclosed([last])) return { request };
    const { version, stands } = await statementPlace(vault, before);
    const labels = statementLabels(services.labels, await recordLabels(services, before), stands);
    return { request, versions: [statementOf(request, version, labels, { now, actor: principal.id })] };
  });
  // The step is taken: what is missing of labels is made up for later.
  await statements.follow(done).catch(onFault);
  trail.patients.push(done.patient);
  return done;
}

/** What tells who may see a request; of an erased one the steps are gone. */
type Seen = Partial<Pick<RightsRequest, 'steps'>>;

/** For whoever may not see a request it is as if it did not exist. Throws AuditError `not-found`. */
export function requireSeen(
  { principal }: Pick<Asked, 'principal'>,
  request: Seen & Pick<RightsRequest, 'patient'>,
): void {
  try {
    requireOwnOrOfficer(principal, request.patient);
    if (isSeen(principal, request)) return;
  } catch {
    // As for who may ask of the patient, and not of this.
  }
  throw new AuditError('not-found', 'There is no such request.');
}

/** Whether a request is for this asker's eyes: who asks for the patient sees what they asked for themself. */
export function isSeen({ fhirUser, id }: Principal, { steps }: Seen): boolean {
  return !isRepresentative(fhirUser) || steps?.[0]?.actor === id;
}

function amendedIn(value: unknown): string[] {
  if (value === undefined) return [];
  const isList = Array.isArray(value) && value.length <= MAX_AMENDED;
  if (!isList || !value.every((each) => typeof each === 'string' && VERSION.test(each)))
    throw new AuditError('malformed', '"amended" lists versions such as Condition/12/_history/2.');
  return value;
}
