import {
  type ArgsOf,
  type Context,
  type ContractState,
  commitment,
  contractKey,
  count,
  id,
  list,
  type MemberState,
  memberKey,
  object,
  oneOf,
  optional,
  organisation,
  reject,
} from '../../ledger/kit/index.ts';
import { formatLogOrigin, parseLogOrigin } from '../../proof/index.ts';
import { admit, application, joinMessage, newKey, registerKey } from './member-application.ts';
import { activeMembers, addKey, memberOf } from './member-keys.ts';
import { renewPolicy, withdrawPolicies } from './policy-version.ts';

/** Members at one time: every one of them signs blocks, and a policy version lists them all in one value. */
export const MAX_MEMBERS = 128;
/** Policy versions withdrawn by one proposal: what one key can have been in over years of changes. */
const MAX_WITHDRAWN = 64;
/** The contracts that a network can run; a new one is known to a newer version of this contract. */
const CONTRACT_NAMES = [
  'membership',
  'anchors',
  'consent',
  'custody',
  'objects',
  'trials',
  'market',
] as const;

/** What members can decide together, with what each kind takes. */
export const changeFields = {
  kind: oneOf(
    'join',
    'suspend',
    'reinstate',
    'add-key',
    'succeed-log',
    'withdraw-policy',
    'activate-contract',
    'close',
  ),
  /** join: the applicant. */
  member: optional(application),
  /** suspend, reinstate, add-key, succeed-log: whom it is about. */
  organisation: optional(organisation()),
  /** add-key, succeed-log: the new key. */
  key: optional(newKey),
  /** add-key: id of the key that ends. */
  replaces: optional(id()),
  /** succeed-log: final head of the log that is closed. */
  head: optional(object({ size: count(), root: commitment() })),
  /** withdraw-policy: which versions. */
  versions: optional(list(count(), { min: 1, max: MAX_WITHDRAWN })),
  /** activate-contract: which contract, which version, from which height. */
  contract: optional(oneOf(...CONTRACT_NAMES)),
  version: optional(count()),
  from: optional(count()),
};

/** A change as it is proposed. */
export type Change = ArgsOf<typeof changeFields>;

type ChangeField = Exclude<keyof Change, 'kind'>;
const TAKES: Record<Change['kind'], { required: readonly ChangeField[]; optional?: readonly ChangeField[] }> =
  {
    join: { required: ['member'] },
    suspend: { required: ['organisation'] },
    reinstate: { required: ['organisation'] },
    'add-key': { required: ['organisation', 'key'], optional: ['replaces'] },
    'succeed-log': { required: ['organisation', 'key', 'head'] },
    'withdraw-policy': { required: ['versions'] },
    'activate-contract': { required: ['contract', 'version', 'from'] },
    close: { required: [] },
  };

/** Refuses a change that lacks what its kind takes or brings something else, which nobody would look at. */
export function checkShape(change: Change): void {
  const { required, optional: allowed = [] } = TAKES[change.kind];
  const given = Object.keys(change).filter((name) => name !== 'kind') as ChangeField[];
  const fits =
    required.every((name) => given.includes(name)) &&
    given.every((name) => [...required, ...allowed].includes(name));
  if (!fits)
    reject('malformed', `${change.kind} takes ${[...required, ...allowed].join(', ') || 'nothing else'}`);
}

/** Carries out a change that a majority wants. Refuses when it is no longer possible; then it stays open. */
export function carryOut(context: Context, ledger: string, change: Change): void {
  const { kind, member, organisation: subject, key, head, versions, contract, version, from } = change;
  if (kind === 'join' && member) {
    if (activeMembers(context).length >= MAX_MEMBERS)
      reject('too-many-members', `a ledger has at most ${MAX_MEMBERS} members`);
    admit(context, member, joinMessage(ledger, member));
  } else if ((kind === 'suspend' || kind === 'reinstate') && subject) setStatus(context, subject, kind);
  else if (kind === 'add-key' && subject && key) addKey(context, subject, key, change.replaces);
  else if (kind === 'succeed-log' && subject && key && head) succeedLog(context, subject, key, head);
  else if (kind === 'withdraw-policy' && versions) withdrawPolicies(context, versions);
  else if (kind === 'activate-contract' && contract && version !== undefined && from !== undefined) {
    activateContract(context, contract, version, from);
  }
  renewPolicy(context, ledger);
}

function setStatus(context: Context, organisation: string, kind: 'suspend' | 'reinstate'): void {
  const member = memberOf(context, organisation);
  const status = kind === 'suspend' ? 'suspended' : 'active';
  if (member.status === status) reject('status', `the organisation is already ${status}`);
  if (kind === 'reinstate' && activeMembers(context).length >= MAX_MEMBERS) {
    reject('too-many-members', `a ledger has at most ${MAX_MEMBERS} members`);
  }
  context.put(memberKey(organisation), { ...member, status });
  context.emit(status, { organisation });
}

/** Closes a member's log at its final head and opens its successor under a new origin and key (key compromise, loss). */
function succeedLog(
  context: Context,
  organisation: string,
  key: NonNullable<Change['key']>,
  head: { readonly size: number; readonly root: string },
): void {
  if (key.use !== 'log') reject('malformed', 'a successor log brings a key for log');
  const member = memberOf(context, organisation);
  const first = parseLogOrigin(member.address.origin);
  if (first === undefined) reject('origin', 'the member has no log origin');
  const origin = formatLogOrigin({ ...first, generation: member.logs.length + 1 });
  const logs = member.logs.map((log) => (log.closed === undefined ? { ...log, closed: head } : log));
  // The closed log's keys end with it: nothing that they sign from here on belongs to a log of this network.
  const keys = member.keys.map((old) =>
    old.use === 'log' && old.until === undefined ? { ...old, until: context.height } : old,
  );
  const renewed: MemberState = {
    ...member,
    keys: [...keys, registerKey(context, organisation, key)],
    logs: [...logs, { origin }],
  };
  context.put(memberKey(organisation), renewed);
  context.emit('log-succeeded', { organisation, generation: renewed.logs.length });
}

function activateContract(context: Context, contract: string, version: number, from: number): void {
  const versions = context.get<ContractState>(contractKey(contract))?.versions ?? [{ version: 1, from: 0 }];
  if (from <= context.height) reject('too-late', 'the height to begin at has passed; propose a later one');
  if (version <= (versions.at(-1)?.version ?? 1))
    reject('version', 'the contract version must be higher than the last');
  if (from <= (versions.at(-1)?.from ?? 0))
    reject('version', 'an earlier version only begins after that height');
  context.put(contractKey(contract), { v: 1, versions: [...versions, { version, from }] });
  context.emit('contract-activated', { contract, version, from });
}
