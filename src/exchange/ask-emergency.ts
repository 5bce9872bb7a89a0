import type { Emergency } from '../consent/index.ts';
import type { Context } from '../fhir/index.ts';
import { identifierSystem } from './attach-locator.ts';
import { answerOf, type Contribution, nothingFrom } from './contribution.ts';
import {
  DAY,
  type EmergencyQuestion,
  MAX_HANDLES,
  MAX_IDS,
  type SoughtPatient,
} from './emergency-question.ts';
import type { Member } from './member.ts';
import type { NetworkReader } from './network-reader.ts';

/**
 * A question about one patient in an emergency, for one member; undefined where nothing here says that the member knows the patient:
 * that somebody is in an emergency is not told to everybody.
 */
export type EmergencyAsking = (member: Member) => EmergencyQuestion | undefined;

interface StoredPatient {
  readonly birthDate?: string;
  readonly identifier?: readonly { readonly system?: string; readonly value?: string }[];
}

/** What is asked of others about a patient for whom glass is broken here; undefined when none is, by who asks. */
export async function emergencyAsking(
  reader: NetworkReader,
  context: Context,
  patient: string,
  emergency: Emergency,
): Promise<EmergencyAsking | undefined> {
  const facts = await context.services.emergencies?.toldOf(emergency.id);
  if (facts === undefined) return undefined;
  const { breaker, text } = facts;
  const stored = await context.services.vault.read('Patient', patient);
  const { birthDate, identifier = [] } = JSON.parse(stored?.text ?? '{}') as StoredPatient;
  const locators = reader.consents.attachedTo(patient);
  const told = {
    id: emergency.id,
    reason: emergency.reason,
    text,
    person: breaker.person,
    name: breaker.name,
    affiliation: breaker.affiliation,
    until: new Date(emergency.untilMs).toISOString(),
  };
  return ({ organisation }) => {
    const system = identifierSystem(organisation);
    const ids = identifier.flatMap((each) => (each.system === system ? (each.value ?? []) : []));
    const mine = locators.filter(({ custodian }) => custodian === organisation);
    const handles = mine.map(({ consent, handle }) => ({ consent, handle }));
    if (ids.length + handles.length === 0) return undefined;
    const sought: SoughtPatient = {
      ids: ids.slice(0, MAX_IDS),
      handles: handles.slice(0, MAX_HANDLES),
      ...(birthDate === undefined || !DAY.test(birthDate) ? {} : { birthDate }),
    };
    return { patient: sought, emergency: told };
  };
}

/** What one member gives in an emergency; a member that nothing says knows the patient is not asked. */
export async function fromMemberInEmergency(
  reader: NetworkReader,
  member: Member,
  asking: EmergencyAsking,
  context: Context,
): Promise<Contribution> {
  const { organisation } = member;
  const question = asking(member);
  if (question === undefined) return nothingFrom(organisation, 'not-permitted');
  const { outcome, records } = await answerOf(reader, member, ['emergency', question], context);
  return { ...nothingFrom(organisation, outcome), records };
}
