import { ORGANISATION_SYSTEM } from '../consent/index.ts';
import type { Principal } from '../identity/index.ts';
import type { AccessInput } from './access-input.ts';
import type { AuditCoding } from './coding.ts';
import type { IndexEntries } from './index-entries.ts';
import type { Shape } from './shape.ts';

/** Systems under which agents without a resource here are identified. */
const CLIENT = 'urn:holdfast:client';
const TOKEN = 'urn:holdfast:token';
const USER = 'urn:holdfast:user';

/** Stands for whoever presented nothing that could be believed. */
const UNKNOWN = 'unauthenticated';

/** A Reference: its canonical text, and what the index says of it. */
export interface Who {
  readonly text: string;
  readonly target: { readonly type?: string; readonly id?: string };
  readonly identifier?: { readonly system: string; readonly value: string };
}

const REFERENCE = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** A Reference by identifier. */
function identified(system: string, value: string): Who {
  const text = `{"identifier":{"system":"${system}","value":${JSON.stringify(value)}}}`;
  return { text, target: {}, identifier: { system, value } };
}

/** A Reference to a resource here; undefined when the text is no relative reference. */
export function referring(reference: string): Who | undefined {
  const match = REFERENCE.exec(reference);
  if (match === null) return undefined;
  const [, type = '', id = ''] = match;
  return { text: `{"reference":"${reference}"}`, target: { type, id } };
}

/** The organisation as the server that answered, and as the observer that recorded it. */
export function organisationAgent(organisation: string): Who {
  let found = organisations.get(organisation);
  if (found === undefined) {
    found = identified(ORGANISATION_SYSTEM, organisation);
    if (organisations.size < MAX_ORGANISATIONS) organisations.set(organisation, found);
  }
  return found;
}

/** Organisations that one process hosts or answers. */
const MAX_ORGANISATIONS = 256; // twice the members of the largest network
const organisations = new Map<string, Who>();

/** The software or member that asked. A token that a person uses stands for the software it was given to. */
function clientOf({ principal, agent }: AccessInput): Who {
  switch (principal?.kind) {
    case 'member':
      return organisationAgent(principal.actorOrganisation);
    case 'user':
    case 'patient':
      return identified(TOKEN, principal.tokenId);
    case 'client':
      return identified(CLIENT, principal.id);
    default:
      return identified(CLIENT, agent ?? UNKNOWN);
  }
}

/** The person who asked; undefined when none is known. No name is kept: the resource here has it, and can be erased. */
function userOf(principal: Principal | undefined): Who | undefined {
  if (principal === undefined) return undefined;
  const { kind, fhirUser, patient, id, actorOrganisation } = principal;
  const known = fhirUser === undefined ? undefined : referring(fhirUser);
  if (known !== undefined) return known;
  if (kind === 'patient' && patient !== undefined) return referring(`Patient/${patient}`);
  if (kind === 'user') return referring(id) ?? identified(USER, id);
  return kind === 'member' && id !== actorOrganisation ? identified(USER, id) : undefined;
}

/** The agents of an AuditEvent: canonical text of the list, and their entries in the index. */
export function agentsOf(input: AccessInput, shape: Shape, index: IndexEntries): string {
  const { principal, organisation } = input;
  const user = userOf(principal);
  // The address from which somebody asked is personal data and proves nothing; its kind is all that is kept.
  const client = agentText(shape.client, clientOf(input), user === undefined, '2', index);
  const server = agentText(shape.server, organisationAgent(organisation), false, '5', index);
  if (user === undefined) return `[${client},${server}]`;
  return `[${client},${server},${agentText(shape.user, user, true, undefined, index)}]`;
}

function agentText(
  role: AuditCoding,
  who: Who,
  isRequestor: boolean,
  network: '2' | '5' | undefined,
  index: IndexEntries,
): string {
  addReference(index, 'agent', who);
  if (who.target.type === 'Patient') addReference(index, 'patient', who);
  const where = network === undefined ? '' : `"network":{"type":"${network}"},`;
  return `{${where}"requestor":${isRequestor},"type":{"coding":[${role.text}]},"who":${who.text}}`;
}

/** Adds an entry of a reference parameter, unless the same is there already. */
export function addReference(index: IndexEntries, param: string, { target, identifier }: Who): void {
  const key = `${param} ${target.type ?? ''}/${target.id ?? ''} ${identifier?.system ?? ''}|${identifier?.value ?? ''}`;
  if (index.isKnown(key)) return;
  index.push({ kind: 'reference', param, target, ...(identifier === undefined ? {} : { identifier }) });
}
