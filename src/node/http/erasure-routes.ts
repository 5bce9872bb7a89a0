import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Administered } from '../../fhir/index.ts';
import {
  type Authenticator,
  allowedBy,
  type Enrolment,
  IdentityError,
  type Principal,
  type Recorder,
} from '../../identity/index.ts';
import type { KeyEvidence } from '../../proof/index.ts';
import { formatErasureProof, toBase64 } from '../../proof/index.ts';
import { type ErasureReason, type ErasureSubject, type Vault, VaultError } from '../../vault/index.ts';
import { ABSENT, refusalOf } from './erasure-refusal.ts';
import { sendProblem } from './problem.ts';

const REASONS: readonly ErasureReason[] = [
  'subject-request',
  'retention-expired',
  'court-order',
  'entered-in-error',
];
const LOGICAL_ID = /^[A-Za-z0-9\-.]{1,64}$/;
const TYPE = /^[A-Z][A-Za-z]{0,63}$/;
const EVENT_ID = /^[0-9a-f]{32}$/;
/** How long a proof waits for a checkpoint that covers it. */
const WAIT_MS = 3_000; // three publishing ticks, as `$receipt`

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

/** What a request did: JSON text or a value, and the patients it was about. */
interface Done {
  readonly body: unknown;
  readonly patients: readonly string[];
}

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly name: string;
  readonly action: 'R' | 'U' | 'D';
  readonly work: (request: FastifyRequest, principal: Principal) => Promise<Done>;
}

function requireScope(principal: Principal, type: string, permission: 'd' | 'u' | 'r'): void {
  const levels = allowedBy(principal.scopes, type, permission);
  if (principal.kind === 'patient' || (levels?.system !== true && levels?.user !== true))
    throw new IdentityError(
      'scope-insufficient',
      `This takes system/${type}.${permission} or user/${type}.${permission}.`,
    );
}

async function requireDecision(
  { mayAdminister }: ErasureServices,
  principal: Principal,
  administered: Administered,
): Promise<void> {
  if (!(await mayAdminister(principal, administered))) throw new VaultError('not-found', ABSENT);
}

function idIn(request: FastifyRequest, name: string, pattern = LOGICAL_ID): string {
  const value = (request.params as Record<string, string>)[name] ?? '';
  if (!pattern.test(value)) throw new IdentityError('request-invalid', `The path names no ${name}.`);
  return value;
}

function memberIn(request: FastifyRequest, name: string): unknown {
  const body: unknown = request.body ?? {};
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
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
  const tombstone = await vault.erase({ ...subject, reason, actor: principal.id });
  if ('patient' in subject) enrolment.forgetPatient(subject.patient);
  return { body: tombstone, patients: 'patient' in subject ? [subject.patient] : (before?.patients ?? []) };
}

async function proofOf(services: ErasureServices, event: string): Promise<string> {
  const { vault, evidence, proofs } = services;
  const found = (await vault.erasures()).find((each) => each.event === event);
  const opening = found === undefined ? undefined : await vault.opening(event);
  if (found === undefined || opening?.content === undefined)
    throw new VaultError('not-found', 'There is no such erasure.');
  const proof = await proofs.proofFor(opening.leaf, { waitMs: WAIT_MS });
  if (proof === undefined)
    throw new VaultError('busy', 'No cosigned checkpoint covers the tombstone yet: ask again.');
  const { event: logged, salt, contentSalt } = opening;
  const sealed = contentSalt === undefined ? {} : { contentSalt: toBase64(contentSalt) };
  return formatErasureProof({
    receipt: { version: 1, event: logged, salt: toBase64(salt), ...sealed, proof },
    tombstone: opening.content,
    keys: await evidence(found.tombstone.keys),
  });
}

function mergingRoutes(services: ErasureServices): Route[] {
  const { vault } = services;
  const change = (principal: Principal, id: string) =>
    requireDecision(services, principal, { type: 'Patient', id, permission: 'u' });
  return [
    {
      method: 'POST',
      path: '/patients/:patient/merge',
      name: 'merge-patient',
      action: 'U',
      work: async (request, principal) => {
        requireScope(principal, 'Patient', 'u');
        const from = idIn(request, 'patient');
        const into = memberIn(request, 'into');
        if (typeof into !== 'string' || !LOGICAL_ID.test(into))
          throw new IdentityError('request-invalid', '"into" is the logical id of the patient who stays.');
        await change(principal, from);
        await change(principal, into);
        return { body: await vault.merge(from, into, principal.id), patients: [from, into] };
      },
    },
    {
      method: 'POST',
      path: '/patients/:patient/unmerge',
      name: 'unmerge-patient',
      action: 'U',
      work: async (request, principal) => {
        requireScope(principal, 'Patient', 'u');
        const from = idIn(request, 'patient');
        await change(principal, from);
        const merge = await vault.unmerge(from, principal.id);
        return { body: merge, patients: [merge.from, merge.into] };
      },
    },
  ];
}

function routesOf(services: ErasureServices): Route[] {
  const { vault } = services;
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
    ...mergingRoutes(services),
    {
      method: 'GET',
      path: '/erasures',
      name: 'erasures',
      action: 'R',
      work: async (_request, principal) => {
        requireScope(principal, 'AuditEvent', 'r');
        return { body: { erasures: await vault.erasures() }, patients: [] };
      },
    },
    {
      method: 'GET',
      path: '/erasures/:event/proof',
      name: 'erasure-proof',
      action: 'R',
      work: async (request, principal) => {
        requireScope(principal, 'AuditEvent', 'r');
        return { body: await proofOf(services, idIn(request, 'event', EVENT_ID)), patients: [] };
      },
    },
  ];
}

/**
 * Erasing a patient or a record, merging patients and taking them apart, and the proofs of what was erased (DESIGN §5). Each request is
 * recorded durably before it is answered.
 */
export const erasureRoutes: FastifyPluginAsync<{ services: ErasureServices }> = async (app, { services }) => {
  const { authenticator, recorder } = services;
  for (const { method, path, name, action, work } of routesOf(services)) {
    app.route({
      method,
      url: path,
      handler: async (request, reply) => {
        const kind = action === 'R' ? ('access' as const) : ('administration' as const);
        const event = { kind, action, subtype: name, objects: [] as string[], requestId: request.id };
        let principal: Principal | undefined;
        try {
          principal = await authenticator.authenticate(request.headers.authorization);
          const { body, patients } = await work(request, principal);
          await recorder.record({ ...event, outcome: 'success', principal, patients: [...patients] });
          return await reply.header('cache-control', 'no-store').type('application/json').send(body);
        } catch (error) {
          const refusal = refusalOf(error);
          if (refusal === undefined) throw error;
          await recorder.record({
            ...event,
            outcome: 'minor',
            ...(principal === undefined ? {} : { principal }),
            patients: [],
            detail: refusal.code,
          });
          return sendProblem(reply, refusal.status, refusal.code, refusal.detail);
        }
      },
    });
  }
};
