/** From this many members on, as many witnesses as would serve {@link ELECTED_MEMBERS} members are elected (FORMATS §3). */
export const ELECTION_FROM_MEMBERS = 24;
/** The number of members the quorum is then computed for: 15 witnesses and the owner, so that no checkpoint needs more than 16 signatures. */
const ELECTED_MEMBERS = 16;
/** The number of witness organisations elected from {@link ELECTION_FROM_MEMBERS} members on. */
export const ELECTED_WITNESSES = 15;

/**
 * How many other members must cosign a checkpoint: ⌊2n/3⌋ of n active members, the owner included; 0 for n = 1, where the
 * policy says `quorum none` (FORMATS §3).
 */
export function witnessQuorum(members: number): number {
  return members <= 1 ? 0 : Math.floor((2 * countedMembers(members)) / 3);
}

/**
 * How many members must have signed the block log: ⌊2n/3⌋ + 1 of all n members, whose keys the network policy lists (FORMATS §3).
 * Witnesses are elected, these signers are not: of 24 members fewer than 17 could sign two histories.
 */
export function ledgerQuorum(members: number): number {
  return Math.floor((2 * members) / 3) + 1;
}

function countedMembers(members: number): number {
  return members >= ELECTION_FROM_MEMBERS ? ELECTED_MEMBERS : members;
}

/** Who has to cosign: nobody, one witness, or at least `threshold` of the members of a group (C2SP tlog-policy). */
export type Quorum =
  | { kind: 'none' }
  | { kind: 'witness'; name: string }
  | { kind: 'group'; threshold: number; members: readonly Quorum[] };

/** True when the cosignatures of the named witnesses are enough. */
export function isQuorumMet(quorum: Quorum, cosigned: ReadonlySet<string>): boolean {
  switch (quorum.kind) {
    case 'none':
      return true;
    case 'witness':
      return cosigned.has(quorum.name);
    case 'group': {
      const met = quorum.members.filter((member) => isQuorumMet(member, cosigned)).length;
      return met >= quorum.threshold;
    }
  }
}
