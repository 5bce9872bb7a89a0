import type { Mutation } from '../mutation.ts';

const AUDIT_CONTROLS = '45 CFR 164.312(b)';

/** What is recorded, before what, and who watches it. */
export const auditMutations: readonly Mutation[] = [
  {
    safeguard: 'a read is not answered before its AuditEvent is durable',
    clauses: [AUDIT_CONTROLS],
    file: 'src/fhir/serve.ts',
    find: '  } catch (error) {\n    return refusalAnswer(asFhirError(error, { services, trail }));',
    replace: '  } catch {\n    return answer;',
    turnsRed: 'src/fhir/routes.test.ts › what cannot be recorded is not answered',
  },
  {
    safeguard: 'enrolment and administration are not answered before they are recorded',
    clauses: [AUDIT_CONTROLS, '45 CFR 164.308(a)(5)(ii)(C)'],
    file: 'src/identity/recorder.ts',
    find: "    throw new IdentityError('not-recorded', 'The request could not be recorded: ask again.', { cause });",
    replace: '    return;',
    turnsRed:
      'src/identity/enrolment/enrolment.test.ts › a request that cannot be recorded is not answered: %s',
  },
  {
    safeguard: 'what was refused is recorded too',
    clauses: [AUDIT_CONTROLS],
    file: 'src/fhir/serve.ts',
    find: "if (trail.committed || opened.interaction?.kind === 'capabilities') return answer;",
    replace:
      "if (trail.committed || answer.status >= 400 || opened.interaction?.kind === 'capabilities') return answer;",
    turnsRed: 'src/fhir/interactions/interactions.test.ts › a refused write names nobody and writes nothing',
  },
  {
    safeguard: 'an AuditEvent holds no identifier but logical ids',
    clauses: ['45 CFR 164.502(b)'],
    file: 'src/audit/entity.ts',
    find: 'auditedParameters(type, searched)',
    replace: 'searched',
    turnsRed:
      'src/audit/access-event.test.ts › of what was searched, names of parameters stay, and values only of those that tell nothing',
  },
  {
    safeguard: 'AuditEvents are changed by nobody through the interface',
    clauses: [AUDIT_CONTROLS, '45 CFR 164.312(c)(1)'],
    file: 'src/fhir/write-answer.ts',
    find: "new Set(['AuditEvent'])",
    replace: 'new Set()',
    turnsRed:
      'src/fhir/operations/import.test.ts › takes foreign AuditEvents, and changes none of this node’s own',
  },
  {
    safeguard: 'an access to a co-worker’s record is flagged',
    clauses: ['45 CFR 164.308(a)(1)(ii)(D)'],
    file: 'src/audit/anomaly/rules.ts',
    find: '  if (isStaff)\n',
    replace: '  if (isStaff && agent.surnames.length < 0)\n',
    turnsRed:
      'src/audit/anomaly/rules.test.ts › to a patient who is watched over, or works here, is flagged with the reason',
  },
  {
    safeguard: 'an unusual number of patients in a day is flagged',
    clauses: ['45 CFR 164.308(a)(1)(ii)(D)'],
    file: 'src/audit/anomaly/rules.ts',
    find: 'if (count <= limit) return undefined;',
    replace: 'if (count >= 0) return undefined;',
    turnsRed:
      'src/audit/anomaly/rules.test.ts › is flagged when it is one too many for that person, by what is usual for them',
  },
  {
    safeguard: 'what a monitoring system did not take is sent again, and nothing is passed over',
    clauses: ['45 CFR 164.308(a)(1)(ii)(D)'],
    file: 'src/audit/forwarding/forwarder.ts',
    find: 'take: (audits) => this.#destination.send(audits.map(forwardedOf)),',
    replace: 'take: (audits) => this.#destination.send(audits.map(forwardedOf)).catch(() => undefined),',
    turnsRed:
      'src/audit/forwarding/forwarding.test.ts › waits while the receiver is away, longer each time or as long as it asks, and loses nothing',
  },
  {
    safeguard: 'an export of the trail from which an event was left out is refused',
    clauses: ['45 CFR 164.312(c)(2)'],
    file: 'src/proof/audit-export.ts',
    find: "if (!stands) verdicts[0] = refused('manifest-mismatch');",
    replace: '',
    turnsRed:
      'src/proof/audit-export.test.ts › from which an event was left out, doubled or moved is refused',
  },
];
