import { ProofError } from './errors.ts';
import { isOrganisationId, ledgerKeyName, parseLogOrigin, witnessName } from './origin.ts';
import { ELECTED_WITNESSES, ELECTION_FROM_MEMBERS, witnessQuorum } from './quorum.ts';
import { parsePolicy } from './tlog-policy.ts';
import { malformedPolicy } from './tlog-policy-lines.ts';
import { parseVerifierKey } from './verifier-key.ts';

/** The keys of one active member, one for each use (the active one with the highest `from`), as verifier key texts. */
export interface PolicyMember {
  organisation: string;
  /** Type 0x01, name = origin of the member's open log. */
  log: string;
  /** Type 0x04, name = `<first origin>/witness`. */
  witness: string;
  /** Type 0x04, name = `<ledger id>/ledger/<org>`. */
  ledger: string;
}

/** What a policy version is made from. Order does not matter: the text sorts. */
export interface PolicyContent {
  ledger: string;
  version: number;
  /** Every active member. */
  members: readonly PolicyMember[];
  /** The 15 organisations elected as witnesses; only, and always, from 24 members on. */
  elected?: readonly string[];
}

/**
 * The trust policy of one member's log (FORMATS §3): its log, the other members as witnesses, ⌊2n/3⌋ of them. Throws
 * `malformed` when the owner is no member, an id or key name is wrong, or too few witnesses remain.
 */
export function formatLogPolicy(content: PolicyContent, owner: string): string {
  const members = sortedMembers(content);
  const own = members.filter(({ organisation }) => organisation === owner);
  if (own.length !== 1) throw malformedPolicy('the owner of the log is not a member');
  const witnesses = electedOf(content, members).filter(({ organisation }) => organisation !== owner);
  return compose(content, own, witnesses, []);
}

/**
 * The trust policy of the network (FORMATS §3): every log, every witness, the same quorum, and the members' keys for the
 * block log in comment lines. Whoever evaluates it drops the cosignature of the origin's owner. Throws as {@link formatLogPolicy}.
 */
export function formatNetworkPolicy(content: PolicyContent): string {
  const members = sortedMembers(content);
  return compose(content, members, electedOf(content, members), members);
}

function compose(
  content: PolicyContent,
  logs: readonly PolicyMember[],
  witnesses: readonly PolicyMember[],
  ledger: readonly PolicyMember[],
): string {
  const quorum = witnessQuorum(content.members.length);
  const names = witnesses.map(({ organisation }) => organisation);
  const lines = [
    `# holdfast policy ${content.ledger} ${content.version}`,
    ...logs.map((member) => `log ${member.log}`),
    ...witnesses.map((member) => `witness ${member.organisation} ${member.witness}`),
    ...ledger.map((member) => `# ledger ${member.ledger}`),
    ...(quorum === 0
      ? ['quorum none']
      : [`group witnesses ${quorum} ${names.join(' ')}`, 'quorum witnesses']),
  ];
  const text = `${lines.join('\n')}\n`;
  parsePolicy(text); // what is served must be readable: duplicate keys, too few witnesses and a bad header end here
  return text;
}

function sortedMembers(content: PolicyContent): PolicyMember[] {
  for (const member of content.members) assertNames(content.ledger, member);
  return content.members.toSorted((a, b) => (a.organisation < b.organisation ? -1 : 1));
}

/** A key under another member's name would let one organisation speak for another. */
function assertNames(ledger: string, member: PolicyMember): void {
  const { organisation } = member;
  if (!isOrganisationId(organisation))
    throw malformedPolicy('an organisation id is not [a-z][a-z0-9-]{1,31}');
  const origin = parseLogOrigin(parseVerifierKey(member.log).name);
  if (origin?.organisation !== organisation)
    throw malformedPolicy('a log key is not named by an origin of its member');
  if (parseVerifierKey(member.witness).name !== witnessName(origin.host, organisation)) {
    throw malformedPolicy('a witness key is not named after the first origin of its member');
  }
  if (parseVerifierKey(member.ledger).name !== ledgerKeyName(ledger, organisation)) {
    throw malformedPolicy('a ledger key is not named after ledger and member');
  }
}

function electedOf(
  { members, elected }: PolicyContent,
  sorted: readonly PolicyMember[],
): readonly PolicyMember[] {
  const isElection = members.length >= ELECTION_FROM_MEMBERS;
  if (isElection !== (elected !== undefined)) {
    throw new ProofError(
      'malformed',
      `Witnesses are elected from ${ELECTION_FROM_MEMBERS} members on, and only then.`,
    );
  }
  if (elected === undefined) return sorted;
  const chosen = sorted.filter(({ organisation }) => elected.includes(organisation));
  if (chosen.length !== ELECTED_WITNESSES || elected.length !== ELECTED_WITNESSES) {
    throw new ProofError('malformed', `An election names ${ELECTED_WITNESSES} members.`);
  }
  return chosen;
}
