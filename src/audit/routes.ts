import type { FastifyInstance } from 'fastify';
import {
  type Problem,
  problemOf,
  type RecordingServices,
  recordedHandler,
  sendProblem,
} from '../consent/index.ts';
import { allowedBy, type Principal } from '../identity/index.ts';
import { type Vault, VaultError } from '../vault/index.ts';
import { disclosuresOf } from './disclosures.ts';
import { AuditError } from './errors.ts';

const LOGICAL_ID = /^[A-Za-z0-9\-.]{1,64}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What the audit routes of one organisation need. */
export interface AuditRouteServices extends RecordingServices {
  readonly vault: Pick<Vault, 'search' | 'read'>;
  /** Who is asking; rejects with IdentityError. */
  readonly authenticate: (header: string | undefined) => Promise<Principal>;
  readonly now: () => Date;
}

/**
 * Fastify plugin, registered under `/orgs/<org>` (FORMATS §6): `GET /audit/disclosures?patient=`, the accounting of
 * disclosures, with `from` (a day) and `cursor` → `{ patient, disclosures, next? }`.
 */
export async function auditRoutes(app: FastifyInstance, options: AuditRouteServices): Promise<void> {
  const { vault, authenticate, now } = options;
  const services: RecordingServices = { ...options, refusalOf };
  const name = { kind: 'access', action: 'R', subtype: 'disclosures' } as const;
  app.setErrorHandler(async (error, request, reply) => {
    const refuse = recordedHandler(services, name, () => Promise.reject(error));
    return refuse(request, reply).catch(() => sendProblem(reply, problemOf(error)));
  });
  app.get(
    '/audit/disclosures',
    recordedHandler(services, name, async (request, trail) => {
      const principal = await authenticate(request.headers.authorization);
      trail.principal = principal;
      const { patient, fromMs, cursor } = queryOf(request.query);
      requireMayAccount(principal, patient);
      const accounting = await disclosuresOf(vault, {
        patient,
        now: now(),
        ...(fromMs === undefined ? {} : { fromMs }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      if (accounting.disclosures.length > 0) trail.patients.push(patient);
      return { status: 200, body: JSON.stringify({ patient, ...accounting }) };
    }),
  );
}

function refusalOf(error: unknown): Problem | undefined {
  if (error instanceof AuditError) return { status: error.status, code: error.code, detail: error.message };
  // A page's end comes from the client: one that the vault did not give is no fault of the server.
  const isCursor = error instanceof VaultError && error.code === 'malformed';
  return isCursor
    ? { status: 400, code: 'malformed', detail: 'The cursor is not one of this server.' }
    : undefined;
}

function queryOf(query: unknown): { patient: string; fromMs?: number; cursor?: string } {
  const { patient, from, cursor } = query as { patient?: unknown; from?: unknown; cursor?: unknown };
  if (typeof patient !== 'string' || !LOGICAL_ID.test(patient))
    throw new AuditError('malformed', 'Name one patient: ?patient=<logical id>.');
  const fromMs = typeof from === 'string' && DAY.test(from) ? Date.parse(from) : undefined;
  if (from !== undefined && (fromMs === undefined || Number.isNaN(fromMs)))
    throw new AuditError('malformed', 'from is a day such as 2026-01-31.');
  if (cursor !== undefined && typeof cursor !== 'string')
    throw new AuditError('malformed', 'Give one cursor, as `next` had it.');
  return {
    patient,
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

/** The patient for themself (45 CFR 164.528(a)), or staff that may read AuditEvents. */
function requireMayAccount(principal: Principal, patient: string): void {
  const allowed =
    allowedBy(principal.scopes, 'AuditEvent', 'r') ?? allowedBy(principal.scopes, 'AuditEvent', 's');
  const isStaff = principal.kind !== 'patient' && (allowed?.system === true || allowed?.user === true);
  const isOwn = principal.patient === patient && (principal.kind === 'patient' || allowed?.patient === true);
  if (!isStaff && !isOwn)
    throw new AuditError(
      'not-permitted',
      "This needs the patient's own token, or a scope such as user/AuditEvent.rs.",
    );
}
