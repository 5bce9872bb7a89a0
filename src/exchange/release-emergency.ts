import {
  AuditError,
  accessEvent,
  asEmergency,
  type BreakGlassRegister,
  type BrokenGlass,
  IDENTITY_GUESSED,
  MAX_OPEN_MS,
} from '../audit/index.ts';
import { BREAK_GLASS, highWaterMark } from '../consent/index.ts';
import { type FhirServices, newTrail, requestContext } from '../fhir/index.ts';
import type { Principal } from '../identity/index.ts';
import { type AskedEmergency, parseEmergencyQuestion } from './emergency-question.ts';
import { notPermitted } from './errors.ts';
import { memberPrincipal } from './member-principal.ts';
import { permittingOnly } from './permitting-only.ts';
import { frameRecord } from './record-frame.ts';
import { readCompartment, withReceipts } from './record-receipts.ts';
import type { RecordSource } from './release-record.ts';
import type { ExchangeHandler } from './routes.ts';
import { findSought, type PatientPlace } from './sought-patient.ts';
import { stillPermitted } from './still-permitted.ts';

/** What releasing in an emergency needs beside the record itself: never how recent the view of the ledger is. */
export interface EmergencySource extends Omit<RecordSource, 'fresh'>, Pick<PatientPlace, 'failed'> {
  readonly breakGlass: BreakGlassRegister;
  readonly isStale: () => boolean;
}

/** Who asks, in which request. */
interface Asking {
  readonly principal: Principal;
  readonly requestId: string;
}

/** Notes whom a member guesses at beside the one it is answered for, as where it is refused. */
async function noteGuessed(
  { services }: EmergencySource,
  patients: readonly string[],
  { principal, requestId }: Asking,
): Promise<void> {
  if (patients.length === 0) return;
  const refused = {
    action: 'E',
    subtype: 'exchange-emergency',
    status: 403,
    detail: IDENTITY_GUESSED,
  } as const;
  const audit = accessEvent({
    ...refused,
    organisation: services.organisation,
    time: services.now(),
    requestId,
    principal,
    patients,
    objects: [],
    consents: [],
  });
  await services.vault.commit({ audits: [audit] });
}

/** The same glass here: broken anew the first time it is asked with, never for longer than it is open at the asker or may be here. */
async function glassHere(
  { breakGlass, services }: EmergencySource,
  patient: string,
  emergency: AskedEmergency,
  { principal, requestId }: Asking,
): Promise<BrokenGlass> {
  const { id, reason, text, person, name, affiliation } = emergency;
  const nowMs = services.now().getTime();
  const untilMs = Math.min(Date.parse(emergency.until), nowMs + MAX_OPEN_MS);
  if (untilMs <= nowMs) throw notPermitted();
  const holder = `${principal.actorOrganisation}/${id}`;
  const open = breakGlass.openFor(holder, patient);
  if (open !== undefined) return open;
  const breaker = { person, name, organisation: principal.actorOrganisation, affiliation };
  const until = new Date(untilMs);
  const member = principal.actorOrganisation;
  try {
    return await breakGlass.break({
      patient,
      reason,
      text,
      until,
      holder,
      member,
      breaker,
      principal,
      requestId,
    });
  } catch (error) {
    // Too many at once, or gone since: refused as everything is, so that nobody learns which patients are here.
    if (error instanceof AuditError) throw notPermitted();
    throw error;
  }
}

/**
 * The decision’s services with this one emergency open, and no other. Consents may deny and never permit: the view may be too old to know
 * of a revocation.
 */
function inEmergency({ services, isStale }: EmergencySource, glass: BrokenGlass): FhirServices {
  const openFor = (_principal: Principal, patient: string) =>
    patient === glass.patient ? asEmergency(glass) : undefined;
  const emergencies = { openFor, isStale, toldOf: async () => undefined, isNotice: () => true };
  return { ...permittingOnly(services, () => false), emergencies };
}

/**
 * Answers another member that asks in an emergency. What is written first, and on disk before anything is read: who asked, why, for
 * whom, and what the patient is told. Then each version is decided, and the release itself is on disk before anything leaves. No grant
 * and no such patient are refused alike.
 */
export function releaseInEmergency(source: EmergencySource): ExchangeHandler {
  return async (asker, value, requestId) => {
    const { patient: sought, emergency } = parseEmergencyQuestion(value);
    const principal = memberPrincipal(source.services.organisation, asker.organisation, [BREAK_GLASS]);
    const { patient, guessed } = await findSought(source, asker.organisation, sought);
    await noteGuessed(source, guessed, { principal, requestId });
    const glass = await glassHere(source, patient, emergency, { principal, requestId });
    const services = inEmergency(source, glass);
    const newContext = () => {
      const named = { action: 'R', subtype: 'network-everything', type: 'Patient' } as const;
      return requestContext(services, principal, Object.assign(newTrail(requestId), named));
    };
    const found = await readCompartment(newContext(), patient);
    const { outcome, records } = await withReceipts(source, found, newContext());
    const context = newContext();
    const { left, changed } = stillPermitted(context, records);
    await services.vault.commit({ audits: context.audits(200) });
    // As where there is no such patient: that there is one who lets nothing out is not told either.
    if (left.length === 0) throw notPermitted();
    // No notice of 42 CFR 2.32: that goes with what a consent permits, and this is 2.51.
    const security = highWaterMark(left.map(({ labels }) => labels));
    return frameRecord({ outcome: changed ? 'partial' : outcome, security, records: left });
  };
}
