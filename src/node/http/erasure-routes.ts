import type { FastifyPluginAsync } from 'fastify';
import type { Administered } from '../../fhir/index.ts';
import {
  type Authenticator,
  allowedBy,
  type Enrolment,
  IdentityError,
  identityProblem,
  type Principal,
  type Recorder,
} from '../../identity/index.ts';
import { type Tombstone, type Vault, VaultError } from '../../vault/index.ts';
import { sendProblem } from './problem.ts';

const REASONS = new Set(['subject-request', 'retention-expired', 'court-order', 'entered-in-error']);

/** What the erasure route of one organisation needs. */
export interface ErasureServices {
  readonly vault: Vault;
  readonly authenticator: Authenticator;
  readonly recorder: Recorder;
  readonly enrolment: Pick<Enrolment, 'forgetPatient'>;
  /** The decision by which what is erased would be deleted through FHIR. */
  readonly mayAdminister: (principal: Principal, administered: Administered) => Promise<boolean>;
}

const STATUS: Partial<Record<VaultError['code'], number>> = {
  retained: 409,
  'not-found': 404,
  erased: 410,
  full: 507,
  busy: 503,
};

/** The same for what is hidden and for what is not there. */
const ABSENT = 'There is nothing of that name here, or you may not touch it.';

async function asks(services: ErasureServices, authorization: string | undefined): Promise<Principal> {
  const principal = await services.authenticator.authenticate(authorization);
  const levels = allowedBy(principal.scopes, 'Patient', 'd');
  if (principal.kind === 'patient' || (levels?.system !== true && levels?.user !== true))
    throw new IdentityError(
      'scope-insufficient',
      'Erasing a patient takes system/Patient.d or user/Patient.d.',
    );
  return principal;
}

/** `POST /orgs/{org}/patients/{id}/erasure { reason }` → 200, the signed tombstone (DESIGN §5). */
export const erasureRoutes: FastifyPluginAsync<{ services: ErasureServices }> = async (app, { services }) => {
  app.post('/patients/:patient/erasure', async (request, reply) => {
    const { patient } = request.params as { patient: string };
    const event = {
      kind: 'administration',
      action: 'D',
      subtype: 'erase-patient',
      objects: [] as string[],
      requestId: request.id,
    } as const;
    let principal: Principal | undefined;
    try {
      principal = await asks(services, request.headers.authorization);
      const { reason } = (request.body ?? {}) as { reason?: unknown };
      if (typeof reason !== 'string' || !REASONS.has(reason))
        throw new IdentityError('request-invalid', `"reason" is one of ${[...REASONS].join(', ')}.`);
      if (!(await services.mayAdminister(principal, { type: 'Patient', id: patient, permission: 'd' })))
        throw new VaultError('not-found', ABSENT);
      const tombstone = await services.vault.erase({
        patient,
        reason: reason as Tombstone['reason'],
        actor: principal.id,
      });
      services.enrolment.forgetPatient(patient);
      await services.recorder.record({
        ...event,
        objects: [],
        outcome: 'success',
        principal,
        patients: [patient],
      });
      return await reply.send(tombstone);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      await services.recorder.record({
        ...event,
        objects: [],
        outcome: 'minor',
        ...(principal === undefined ? {} : { principal }),
        patients: [],
        detail: refusal.code,
      });
      return sendProblem(reply, refusal.status, refusal.code, refusal.detail);
    }
  });
};

function refusalOf(error: unknown): { status: number; code: string; detail: string } | undefined {
  if (error instanceof IdentityError) return identityProblem(error);
  if (!(error instanceof VaultError)) return undefined;
  const status = STATUS[error.code];
  if (status === undefined) return undefined;
  return { status, code: error.code, detail: error.code === 'not-found' ? ABSENT : error.message };
}
