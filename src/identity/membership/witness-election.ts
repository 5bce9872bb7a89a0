import { ELECTED_WITNESSES, ELECTION_FROM_MEMBERS, sha256, toHex, utf8 } from '../../proof/index.ts';

/**
 * The organisations that witness for everybody when there are too many members for all to; undefined below 24 members,
 * where all do. The rule: members are ordered by SHA-256("holdfast/witness-election/v1\n" ‖ ledger id ‖ "\n" ‖ organisation
 * id), and the first 15 are elected. It depends on nothing that changes, so that a member who joins or leaves displaces at
 * most one witness: a witness must mirror every log, and each newly elected one has all of them to fetch.
 */
export function electWitnesses(ledger: string, organisations: readonly string[]): string[] | undefined {
  if (organisations.length < ELECTION_FROM_MEMBERS) return undefined;
  return organisations
    .map((organisation) => ({ organisation, lot: lotOf(ledger, organisation) }))
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
    .slice(0, ELECTED_WITNESSES)
    .map(({ organisation }) => organisation)
    .sort();
}

function lotOf(ledger: string, organisation: string): string {
  return toHex(sha256(utf8(`holdfast/witness-election/v1\n${ledger}\n${organisation}`)));
}
