import {
  type Context,
  isActiveKey,
  type KeyUse,
  type MemberKey,
  type MemberState,
  memberKey,
  reject,
} from '../../ledger/kit/index.ts';
import { MAX_KEYS, type NewKey, registerKey } from './member-application.ts';

/** The member of this id. Refuses when there is none. */
export function memberOf(context: Context, organisation: string): MemberState {
  const member = context.get<MemberState>(memberKey(organisation));
  if (member === undefined) reject('not-a-member', 'there is no such member; check its id');
  return member;
}

/** The active members, by id. */
export function activeMembers(context: Context): MemberState[] {
  return context
    .range<MemberState>('member/')
    .map(({ value }) => value)
    .filter(({ status }) => status === 'active');
}

/** The active key of a use with the highest `from`, of two of the same height the one listed later; undefined when there is none. */
export function currentKey(member: MemberState, use: KeyUse, height: number): MemberKey | undefined {
  return member.keys
    .filter((key) => key.use === use && isActiveKey(key, height))
    .reduce<MemberKey | undefined>(
      (best, key) => (best === undefined || key.from >= best.from ? key : best),
      undefined,
    );
}

/** Gives a member another key, from this height on; `replaces` ends at the same height. */
export function addKey(
  context: Context,
  organisation: string,
  key: NewKey,
  replaces: string | undefined,
): void {
  const member = memberOf(context, organisation);
  if (member.keys.length >= MAX_KEYS) reject('too-many-keys', `a member has at most ${MAX_KEYS} keys`);
  const kept = replaces === undefined ? member.keys : ended(context, member.keys, replaces, key.use);
  context.put(memberKey(organisation), {
    ...member,
    keys: [...kept, registerKey(context, organisation, key)],
  });
  context.emit('key-added', { organisation, id: key.id });
}

/** Ends a key of a member at this height. Refuses a key that it does not have or that has ended. */
export function endKey(context: Context, organisation: string, id: string): void {
  const member = memberOf(context, organisation);
  context.put(memberKey(organisation), { ...member, keys: ended(context, member.keys, id, undefined) });
  context.emit('key-retired', { organisation, id });
}

function ended(
  context: Context,
  keys: readonly MemberKey[],
  id: string,
  use: KeyUse | undefined,
): MemberKey[] {
  const old = keys.find((key) => key.id === id);
  if (old === undefined || (use !== undefined && old.use !== use)) {
    reject('key-unknown', 'the organisation has no such key for this use');
  }
  if (old.until !== undefined) reject('key-ended', 'this key has already ended');
  return keys.map((key) => (key.id === id ? { ...key, until: context.height } : key));
}
