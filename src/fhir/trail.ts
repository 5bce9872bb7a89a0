import type { Principal } from '../identity/index.ts';
import type { Interaction } from './interaction.ts';

/** What one request touched, collected while it runs: the material of its AuditEvent. */
export interface Trail {
  readonly requestId: string;
  principal: Principal | undefined;
  /** Logical ids of every patient whose data was disclosed or written. */
  readonly patients: Set<string>;
  /** Ids of the consents that decisions relied on. */
  readonly consents: Set<string>;
  /** `Type/id` or `Type/id/_history/n` of what was disclosed or written. */
  readonly objects: Set<string>;
  /** Why something was withheld: exceptions from information blocking, of the request and all its entries. */
  readonly refusals: Set<string>;
  /** Broken glass opened something. */
  isEmergency: boolean;
  /** FHIR audit action: C, R, U, D or E. */
  action: 'C' | 'R' | 'U' | 'D' | 'E';
  /** FHIR restful-interaction code, or the operation's name. */
  subtype: string;
  /** Resource type asked for, where the path names one. */
  type: string | undefined;
  /** The search parameters used, `name=value`; audit keeps of them what may be kept. */
  searched: readonly string[];
  /** True once the entry is part of a committed change. */
  committed: boolean;
}

/** An empty trail for a request. */
export function newTrail(requestId: string): Trail {
  return {
    requestId,
    principal: undefined,
    patients: new Set(),
    consents: new Set(),
    objects: new Set(),
    refusals: new Set(),
    isEmergency: false,
    action: 'E',
    subtype: 'unknown',
    type: undefined,
    searched: [],
    committed: false,
  };
}

const NAMES: { readonly [kind in Interaction['kind']]: readonly [Trail['action'], string] } = {
  capabilities: ['R', 'capabilities'],
  read: ['R', 'read'],
  vread: ['R', 'vread'],
  create: ['C', 'create'],
  update: ['U', 'update'],
  'conditional-update': ['U', 'update'],
  delete: ['D', 'delete'],
  search: ['E', 'search-type'],
  page: ['E', 'search-type'],
  history: ['R', 'history-type'],
  bundle: ['E', 'batch'],
  // Its own name is noted once it is known to exist: a name that a client made up could be anything.
  operation: ['E', 'operation'],
};

/** Notes what kind of request it is. */
export function nameRequest(trail: Trail, interaction: Interaction): void {
  const [action, subtype] = NAMES[interaction.kind];
  trail.action = action;
  trail.subtype =
    interaction.kind === 'history' && interaction.id !== undefined ? 'history-instance' : subtype;
  if ('type' in interaction) trail.type = interaction.type;
}

/** An empty trail for one entry of a Bundle, so that an entry which is refused leaves nothing on the request's own. */
export function entryTrail({ requestId, principal, refusals }: Trail): Trail {
  // Why an entry is refused is the request's to record, whatever becomes of the entry's own trail.
  return { ...newTrail(requestId), principal, refusals };
}

/** Adds what an entry disclosed or wrote to the request's trail. */
export function absorb(trail: Trail, entry: Trail): void {
  for (const patient of entry.patients) trail.patients.add(patient);
  for (const consent of entry.consents) trail.consents.add(consent);
  for (const object of entry.objects) trail.objects.add(object);
  trail.isEmergency ||= entry.isEmergency;
}

/** Forgets what was looked at: the entry of a refused request names nothing that it was not given. */
export function forget(trail: Trail): void {
  trail.patients.clear();
  trail.consents.clear();
  trail.objects.clear();
  trail.isEmergency = false;
}
