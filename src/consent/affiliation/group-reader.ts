import type { Search } from '../../r4/index.ts';
import type { Vault } from '../../vault/index.ts';
import { asElement, type Element } from '../element.ts';
import { type Member, membersOf } from './group-members.ts';
import { both, intervalOf } from './period.ts';

/** Teams within teams are followed so far. */
const MAX_DEPTH = 4; // a team of teams of roles, and one more
/** People of one group: past it who belongs is left unknown, and that denies. */
const MAX_MEMBERS = 20_000; // everybody of a large hospital
/** Roles of an organisation read at a time. */
const PAGE = 500;

/** What a group holds: people and roles, and every resource that this rests on. */
export interface GroupContent {
  /** Undefined when there are too many to say. */
  readonly members: readonly Member[] | undefined;
  /** References of what was read; `PractitionerRole` alone when any role may change it. */
  readonly restsOn: ReadonlySet<string>;
}

/**
 * Reads who belongs to a group of this organisation: people, and roles by which they ask. A team within it counts as far as
 * {@link MAX_DEPTH}; an Organization has those whose PractitionerRole is with it, and one that takes part in a team brings nobody with
 * it: it is named there for what it does, and its people do not all know the patient.
 */
export async function readGroup(vault: Pick<Vault, 'read' | 'search'>, group: string): Promise<GroupContent> {
  const restsOn = new Set<string>();
  const members: Member[] = [];
  if (group.startsWith('Organization/')) {
    restsOn.add(group).add('PractitionerRole');
    if ((await resourceAt(vault, group))?.active !== false)
      for await (const role of rolesAt(vault, group))
        members.push(...personsOf(role.reference, role.resource));
  } else await expand(vault, { reference: group, ...intervalOf(undefined) }, members, restsOn, 1);
  return { members: members.length > MAX_MEMBERS ? undefined : members, restsOn };
}

async function expand(
  vault: Pick<Vault, 'read'>,
  group: Member,
  into: Member[],
  restsOn: Set<string>,
  depth: number,
): Promise<void> {
  const { reference } = group;
  if (restsOn.has(reference) || into.length > MAX_MEMBERS) return;
  restsOn.add(reference);
  const resource = await resourceAt(vault, reference);
  for (const member of resource === undefined ? [] : membersOf(resource)) {
    const at = { ...member, ...both(group, member) };
    const isNested = /^(CareTeam|Group|PractitionerRole)\//.test(member.reference);
    if (!isNested || member.reference.startsWith('PractitionerRole/')) into.push(at);
    if (isNested && depth < MAX_DEPTH) await expand(vault, at, into, restsOn, depth + 1);
  }
}

/** Somebody may ask as the practitioner or as the role. */
function personsOf(reference: string, role: Element): Member[] {
  return membersOf(role).flatMap((member) => [member, { ...member, reference }]);
}

async function* rolesAt(
  vault: Pick<Vault, 'read' | 'search'>,
  organisation: string,
): AsyncGenerator<{ reference: string; resource: Element }> {
  const id = organisation.slice('Organization/'.length);
  const values = [{ by: 'id' as const, types: ['Organization'], id }];
  const search: Search = {
    type: 'PractitionerRole',
    filters: [{ kind: 'reference', param: 'organization', values }],
    includes: [],
    revIncludes: [],
    sort: [],
  };
  let cursor: string | undefined;
  do {
    const page = await vault.search({ search, limit: PAGE, cursor });
    for (const hit of page.hits) {
      const reference = `PractitionerRole/${hit.id}`;
      const resource = await resourceAt(vault, reference);
      if (resource !== undefined) yield { reference, resource };
    }
    cursor = page.next;
  } while (cursor !== undefined);
}

/** The newest version of a resource here; undefined when there is none, or it was deleted. */
export async function resourceAt(
  vault: Pick<Vault, 'read'>,
  reference: string,
): Promise<Element | undefined> {
  const [type = '', id = ''] = reference.split('/');
  const text = (await vault.read(type, id))?.text;
  return text === undefined ? undefined : asElement(JSON.parse(text));
}
