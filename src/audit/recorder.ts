import type { RecordedEvent, Recorder } from '../identity/index.ts';
import type { Vault } from '../vault/index.ts';
import { accessEvent } from './access-event.ts';

/** HTTP statuses that stand for the outcomes (FHIR R4 audit-event-outcome: success, minor and serious failure). */
const STATUS: { readonly [outcome in RecordedEvent['outcome']]: number } = {
  success: 200,
  minor: 400,
  serious: 500,
};

/**
 * Records sign-in, administration, enrolment, consent and refused requests of one organisation as AuditEvents; each is
 * durable when `record` resolves. Throws what the vault throws: the request must then not be answered.
 */
export function createRecorder(
  vault: Pick<Vault, 'commit'>,
  organisation: string,
  now: () => Date = () => new Date(),
): Recorder {
  return {
    async record({ kind, outcome, action, subtype, requestId, ...event }) {
      const audit = accessEvent({
        organisation,
        time: now(),
        requestId,
        kind,
        action,
        subtype,
        status: STATUS[outcome],
        principal: event.principal,
        agent: event.agent,
        detail: event.detail,
        patients: event.patients,
        objects: event.objects,
        consents: event.consents ?? [],
      });
      await vault.commit({ audits: [audit] });
    },
  };
}
