import type { FastifyRequest } from 'fastify';
import { AuditError } from '../../../audit/index.ts';
import type { Administered } from '../../../fhir/index.ts';
import {
  type Authenticator,
  allowedBy,
  type Enrolment,
  IdentityError,
  identityProblem,
  isLogicalId,
  type Principal,
  type Recorder,
} from '../../../identity/index.ts';
import { LedgerError } from '../../../ledger/index.ts';
import type { KeyEvidence } from '../../../proof/index.ts';
import { type Vault, VaultError } from '../../../vault/index.ts';

/** What the routes of erasure and merging need. */
export interface ErasureServices {
  readonly vault: Vault;
  readonly authenticator: Authenticator;
  readonly recorder: Recorder;
  readonly enrolment: Pick<Enrolment, 'forgetPatient'>;
  /** Evidence that the destruction of these keys is on the ledger. */
  readonly evidence: (keyIds: readonly string[]) => Promise<KeyEvidence[]>;
  readonly proofs: {
    proofFor(leaf: number, options: { waitMs: number }): Promise<string | undefined>;
  };
  /** The decision by which what is erased or merged would be deleted or changed through FHIR. */
  readonly mayAdminister: (principal: Principal, administered: Administered) => Promise<boolean>;
}

const STATUS: Partial<Record<VaultError['code'], number>> = {
  retained: 409,
  'not-found': 404,
  erased: 410,
  malformed: 400,
  full: 507,
  busy: 503,
};

/** The same for what is hidden and for what is not there. */
const ABSENT = 'There is nothing of that name here, or you may not touch it.';

/** What a request did: JSON text or a value, and the patients it was about. */
export interface Done {
  readonly body: unknown;
  readonly patients: readonly string[];
}

/** A route of this plugin: how it is called, and how its request is named in the audit trail. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly name: string;
  readonly action: 'R' | 'U' | 'D';
  readonly work: (request: FastifyRequest, principal: Principal) => Promise<Done>;
}

/** Staff or software whose scopes allow it. Throws IdentityError `scope-insufficient`. */
export function requireScope(principal: Principal, type: string, permission: 'd' | 'u'): void {
  const levels = allowedBy(principal.scopes, type, permission);
  if (principal.kind === 'patient' || (levels?.system !== true && levels?.user !== true))
    throw new IdentityError(
      'scope-insufficient',
      `This takes system/${type}.${permission} or user/${type}.${permission}.`,
    );
}

/** Throws VaultError `not-found` for what the decision does not permit. */
export async function requireDecision(
  { mayAdminister }: ErasureServices,
  principal: Principal,
  administered: Administered,
): Promise<void> {
  if (!(await mayAdminister(principal, administered))) throw new VaultError('not-found', ABSENT);
}

/** A part of the path: a logical id unless it has a pattern of its own. Throws IdentityError `request-invalid` when it cannot be one. */
export function idIn(request: FastifyRequest, name: string, pattern?: RegExp): string {
  const value = (request.params as Record<string, string>)[name] ?? '';
  const isValid = pattern === undefined ? isLogicalId(value) : pattern.test(value);
  if (!isValid) throw new IdentityError('request-invalid', `The path names no ${name}.`);
  return value;
}

/** A member of the body; undefined when there is none. */
export function memberIn(request: FastifyRequest, name: string): unknown {
  const body: unknown = request.body ?? {};
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}

/** The answer to a refusal; undefined for a fault. */
export function refusalOf(error: unknown): { status: number; code: string; detail: string } | undefined {
  if (error instanceof IdentityError) return identityProblem(error);
  if (error instanceof AuditError) return { status: error.status, code: error.code, detail: error.message };
  if (error instanceof LedgerError)
    return { status: 503, code: 'ledger-unavailable', detail: 'The ledger cannot be asked now; try again.' };
  if (!(error instanceof VaultError)) return undefined;
  const status = STATUS[error.code];
  if (status === undefined) return undefined;
  return { status, code: error.code, detail: error.code === 'not-found' ? ABSENT : error.message };
}
