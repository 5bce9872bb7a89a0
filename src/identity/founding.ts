import assert from 'node:assert/strict';
import { signEd25519Native } from '../crypto/index.ts';
import { type Address, id, list, object, signature } from '../ledger/index.ts';
import { toBase64 } from '../proof/index.ts';
import { MAX_MEMBERS } from './membership/change.ts';
import {
  type Applicant,
  type Application,
  applicant,
  genesisMessage,
  joinMessage,
} from './membership/member-application.ts';
import { newKeyOf, type OrganisationKey } from './organisation-keys.ts';

/** An organisation that founds or joins a ledger, with the keys it brings. */
export interface Joining {
  organisation: string;
  address: Address;
  /** From the keyring; one of them for `transaction`, which signs. */
  keys: readonly OrganisationKey[];
}

/** What an organisation asks to be entered as: its address and the public halves of its keys. */
export function applicantOf({ organisation, address, keys }: Joining): Applicant {
  return { organisation, address, keys: keys.map(newKeyOf) };
}

/** Founders in the order that the genesis transaction lists them; all of them sign this list. */
export function founderOrder(founders: readonly Applicant[]): Applicant[] {
  return [...founders].sort((a, b) => (a.organisation < b.organisation ? -1 : 1));
}

/** What all founders of a ledger sign: its id, and the founders in their order. */
export interface Founding {
  readonly ledger: string;
  readonly founders: readonly Applicant[];
}

const founding = object({ ledger: id(), founders: list(applicant, { min: 1, max: MAX_MEMBERS }) });
const signed = signature();

/** Reads what another founder says it is entered as. Throws `LedgerError` `rejected` `malformed`. */
export function parseApplicant(value: unknown): Applicant {
  return applicant.parse(value, 'applicant');
}

/** Reads a founding that another founder proposes. Throws `LedgerError` `rejected` `malformed`. */
export function parseFounding(value: unknown): Founding {
  return founding.parse(value, 'founding');
}

/** Reads a founder's signature. Throws `LedgerError` `rejected` `malformed`. */
export function parseFoundingSignature(value: unknown): string {
  return signed.parse(value, 'signature');
}

/** One founder's entry in the genesis transaction: signed by its `transaction` key over the ledger id and all founders. */
export function signFounding(ledger: string, founders: readonly Applicant[], joining: Joining): Application {
  return {
    ...applicantOf(joining),
    signature: sign(joining, genesisMessage(ledger, founderOrder(founders))),
  };
}

/** The arguments of `membership.genesis` when one operator holds the keys of all founders (embedded engine). */
export function genesisOf(
  ledger: string,
  founders: readonly Joining[],
): { ledger: string; founders: Application[] } {
  const applicants = founderOrder(founders.map(applicantOf));
  const signed = founders.map((founder) => signFounding(ledger, applicants, founder));
  return { ledger, founders: signed.sort((a, b) => (a.organisation < b.organisation ? -1 : 1)) };
}

/** An application to join a ledger that exists, for a member to propose. */
export function signJoining(ledger: string, joining: Joining): Application {
  const applicant = applicantOf(joining);
  return { ...applicant, signature: sign(joining, joinMessage(ledger, applicant)) };
}

function sign({ keys }: Joining, message: Uint8Array): string {
  const key = keys.find(({ use }) => use === 'transaction');
  assert.ok(key, 'an organisation signs its membership with its transaction key');
  return toBase64(signEd25519Native(key.privateKey, message));
}
