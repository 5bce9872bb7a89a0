import type { FastifyRequest } from 'fastify';
import { IdentityError, type Principal } from '../../../identity/index.ts';
import { type ErasureReason, type ErasureSubject, VaultError } from '../../../vault/index.ts';
import {
  type Done,
  type ErasureServices,
  idIn,
  memberIn,
  type Route,
  requireDecision,
  requireScope,
} from './administered-request.ts';

const TYPE = /^[A-Z][A-Za-z]{0,63}$/;
const REASONS: readonly ErasureReason[] = [
  'subject-request',
  'retention-expired',
  'court-order',
  'entered-in-error',
];

function forgetEnrolled(enrolment: ErasureServices['enrolment'], subject: ErasureSubject): void {
  if ('patient' in subject) enrolment.forgetPatient(subject.patient);
}

async function erase(
  services: ErasureServices,
  request: FastifyRequest,
  principal: Principal,
  subject: ErasureSubject,
): Promise<Done> {
  const reason = REASONS.find((each) => each === memberIn(request, 'reason'));
  if (reason === undefined)
    throw new IdentityError('request-invalid', `"reason" is one of ${REASONS.join(', ')}.`);
  const { vault, enrolment } = services;
  const { type, id } = 'record' in subject ? subject.record : { type: 'Patient', id: subject.patient };
  await requireDecision(services, principal, { type, id, permission: 'd' });
  const before = 'record' in subject ? await vault.read(subject.record.type, subject.record.id) : undefined;
  const tombstone = await vault.erase({ ...subject, reason, actor: principal.id }).catch((error: unknown) => {
    // Asked again after a crash in between, it is refused as done before: the enrolled keys go all the same.
    if (error instanceof VaultError && error.code === 'erased') forgetEnrolled(enrolment, subject);
    throw error;
  });
  forgetEnrolled(enrolment, subject);
  return { body: tombstone, patients: 'patient' in subject ? [subject.patient] : (before?.patients ?? []) };
}

/** `POST /patients/{id}/erasure` and `POST /records/{type}/{id}/erasure` (DESIGN §5): 200 with the signed tombstone. */
export function erasingRoutes(services: ErasureServices): Route[] {
  return [
    {
      method: 'POST',
      path: '/patients/:patient/erasure',
      name: 'erase-patient',
      action: 'D',
      work: (request, principal) => {
        requireScope(principal, 'Patient', 'd');
        return erase(services, request, principal, { patient: idIn(request, 'patient') });
      },
    },
    {
      method: 'POST',
      path: '/records/:type/:id/erasure',
      name: 'erase-record',
      action: 'D',
      work: (request, principal) => {
        const type = idIn(request, 'type', TYPE);
        requireScope(principal, type, 'd');
        return erase(services, request, principal, { record: { type, id: idIn(request, 'id') } });
      },
    },
  ];
}
