import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  type Problem,
  problemOf,
  type RecordingServices,
  type RequestName,
  type RequestTrail,
  recordedHandler,
  sendProblem,
} from '../consent/index.ts';
import { isLogicalId, type Principal } from '../identity/index.ts';
import { VaultError } from '../vault/index.ts';
import type { AuditRouteServices } from './audit-services.ts';
import { AuditError } from './errors.ts';

/** A request whose asker is known. */
export interface Asked {
  readonly principal: Principal;
  readonly query: Readonly<Record<string, unknown>>;
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly trail: RequestTrail;
  readonly requestId: string;
}

/** What a route does; what it returns becomes the JSON of the answer. */
export type Work = (asked: Asked) => Promise<unknown>;

/** A route of the audit room. */
export interface AuditedRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Name of the request in the audit trail. */
  readonly name: string;
  /** Status of a success; 200 when left out. */
  readonly status?: number;
  /** True when `work` gives `{ text }`, JSON text already, whose digits must stay. */
  readonly isText?: boolean;
  readonly work: Work;
}

/** What took longer to read shows its token again before it is answered: it may have been called back. */
const TOKEN_RECHECK_MS = 250; // an export waits for seconds

const ACTIONS = { GET: 'R', POST: 'C', PUT: 'U', DELETE: 'D' } as const;

/** Registers routes below `/orgs/<org>`: each is recorded durably before it is answered, whatever came of it. */
export function registerAudited(
  app: FastifyInstance,
  services: AuditRouteServices,
  routes: readonly AuditedRoute[],
): void {
  const recording: RecordingServices = {
    ...services,
    refusalOf: (error) => {
      // Whoever asks can only come again; whoever runs the node must know that its storage fails.
      if (error instanceof VaultError && error.code === 'unavailable') services.onFault(error);
      return refusalOf(error);
    },
  };
  const unread: RequestName = { kind: 'access', action: 'E', subtype: 'unreadable' };
  app.setErrorHandler(async (error, request, reply) => {
    const refuse = recordedHandler(recording, unread, () => Promise.reject(error));
    return refuse(request, reply).catch(() => sendProblem(reply, problemOf(error)));
  });
  for (const { method, path, name, status = 200, isText = false, work } of routes) {
    const called: RequestName = {
      kind: method === 'GET' ? 'access' : 'administration',
      action: ACTIONS[method],
      subtype: name,
    };
    const handler = recordedHandler(recording, called, async (request, trail) => {
      const principal = await services.authenticate(request.headers.authorization);
      trail.principal = principal;
      const sinceMs = performance.now();
      const body = await work(askedOf(request, principal, trail));
      if (method === 'GET' && performance.now() - sinceMs > TOKEN_RECHECK_MS)
        await services.authenticate(request.headers.authorization);
      return { status, body: isText ? (body as { text: string }).text : JSON.stringify(body) };
    });
    app.route({ method, url: path, handler });
  }
}

function askedOf(request: FastifyRequest, principal: Principal, trail: RequestTrail): Asked {
  return {
    principal,
    trail,
    requestId: request.id,
    query: request.query as Asked['query'],
    params: request.params as Asked['params'],
    body: request.body,
  };
}

const FULL = 'There is no room left: nothing was changed.';

/** Vault errors that somebody can do something about; the others are faults of ours. */
const VAULT: Partial<Record<VaultError['code'], number>> = {
  'not-found': 404,
  retained: 409,
  'version-conflict': 409,
  erased: 410,
  'too-costly': 422,
  busy: 503,
  'not-ready': 503,
  unavailable: 503,
  full: 507,
};

/** The refusals of this room and of the vault below it; undefined for any other error. */
export function refusalOf(error: unknown): Problem | undefined {
  if (error instanceof AuditError)
    return { status: error.status, code: error.code, detail: error.message, ...retryOf(error.status) };
  if (!(error instanceof VaultError)) return undefined;
  // A page's end comes from the client: one that the vault did not give is no fault of the server.
  if (error.code === 'malformed')
    return { status: 400, code: 'malformed', detail: 'The cursor is not one of this server.' };
  const status = VAULT[error.code];
  if (status === undefined) return undefined;
  if (error.code === 'full') return { status, code: 'storage-full', detail: FULL };
  return { status, code: error.code, detail: error.message, ...retryOf(status) };
}

function retryOf(status: number): Pick<Problem, 'headers'> {
  return status === 429 || status === 503 ? { headers: { 'retry-after': '1' } } : {};
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A query parameter that must be one logical id. Throws AuditError `malformed`. */
export function patientIn({ query }: Asked): string {
  const { patient } = query;
  if (typeof patient !== 'string' || !isLogicalId(patient))
    throw new AuditError('malformed', 'Name one patient: ?patient=<logical id>.');
  return patient;
}

/** A day as a query parameter, in milliseconds; undefined when left out. Throws AuditError `malformed`. */
export function dayIn({ query }: Asked, name: string): number | undefined {
  const day = query[name];
  if (day === undefined) return undefined;
  const ms = typeof day === 'string' && DAY.test(day) ? Date.parse(day) : Number.NaN;
  if (Number.isNaN(ms)) throw new AuditError('malformed', `${name} is a day such as 2026-01-31.`);
  return ms;
}

/** The end of the page before; undefined at the beginning. Throws AuditError `malformed`. */
export function cursorIn({ query }: Asked): string | undefined {
  const { cursor } = query;
  if (cursor !== undefined && typeof cursor !== 'string')
    throw new AuditError('malformed', 'Give one cursor, as `next` had it.');
  return cursor;
}

/** As {@link cursorIn}, of a list that counts. */
export function sequenceIn(asked: Asked): number | undefined {
  const cursor = cursorIn(asked);
  if (cursor === undefined) return undefined;
  if (!/^\d{1,15}$/.test(cursor)) throw new AuditError('malformed', 'Give one cursor, as `next` had it.');
  return Number(cursor);
}
