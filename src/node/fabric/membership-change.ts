import { type Application, signJoining } from '../../identity/index.ts';
import { LedgerError, type NetworkContext, NetworkError } from '../../ledger/index.ts';
import { canonicalize } from '../../proof/index.ts';
import { loadConfiguration } from '../configuration.ts';
import { NodeError } from '../errors.ts';
import { joiningOf } from '../network/found.ts';
import { existingKeyring } from '../operations/organisation-keyring.ts';
import { organisationPaths } from '../organisation/folder.ts';
import type { AgreedKind, Agreement, OpenProposal } from './agreement.ts';
import { type MembershipAccess, withMembershipAs } from './membership-access.ts';
import { readAgreement } from './require-agreed.ts';

/** A change that members propose or approve with the same command that carries it out on the channel. */
export interface MembershipChange {
  readonly kind: AgreedKind;
  readonly organisation: string;
  /** The members in whose name it is said; each must be hosted here. */
  readonly as: readonly string[];
  /** What whoever approves expects the applicant to bring; a proposal with other keys or another address is none of it. */
  readonly expected?: Application;
}

/** Where a change stands after it was proposed or approved. */
export interface ChangeStanding {
  readonly organisation: string;
  readonly agreed: boolean;
  /** What was proposed or approved; absent when it was agreed before. */
  readonly proposal?: OpenProposal;
}

/** The application of an organisation out of its Holdfast data folder, signed with its `transaction` key for one ledger. Throws NodeError. */
export function applicationOf(
  data: string,
  organisation: string,
  ledger: string,
  passphrase: string,
): Application {
  const configuration = loadConfiguration(data, process.env);
  if (!configuration.organisations.some(({ id }) => id === organisation))
    throw new NodeError('input-unusable', `The data folder ${data} is not of ${organisation}.`);
  const keyring = existingKeyring(organisationPaths(data, organisation), organisation, passphrase);
  return signJoining(ledger, joiningOf(configuration, organisation, keyring));
}

/**
 * Proposes a change as the first member named and approves it as the others. `application` is made only for an organisation that
 * never was a member; a suspended one is reinstated. What is agreed or proposed already is not proposed again.
 */
export async function proposeChange(
  context: NetworkContext,
  change: MembershipChange,
  application: (ledger: string) => Application,
): Promise<ChangeStanding> {
  const { kind, organisation, as } = change;
  const [proposer] = as;
  if (proposer === undefined) throw new NetworkError('network-invalid', 'Name the member that proposes it.');
  const proposedAt = await withMembershipAs(context, proposer, async (membership) => {
    const before = await readAgreement(membership, kind, organisation);
    if (before.kind !== 'none') return 0;
    return membership.propose(await changeOf(membership, kind, organisation, application));
  });
  return approveChange(context, change, { after: proposedAt });
}

async function changeOf(
  membership: MembershipAccess,
  kind: AgreedKind,
  organisation: string,
  application: (ledger: string) => Application,
) {
  if (kind === 'suspend') return { kind, organisation } as const;
  const isKnown = (await membership.members()).some((each) => each.organisation === organisation);
  if (isKnown) return { kind: 'reinstate', organisation } as const;
  return { kind, member: application((await membership.ledgerId()) ?? '') } as const;
}

/**
 * Approves the open proposal of a change as each member named that has not, as long as it is open. `proposal` says which where
 * there are several, `after` from which height on it is seen. Rejects with NetworkError `not-agreed` when there is none, and
 * `network-invalid` when there are several.
 */
export async function approveChange(
  context: NetworkContext,
  { kind, organisation, as, expected }: MembershipChange,
  { proposal, after = 0 }: { readonly proposal?: string | undefined; readonly after?: number } = {},
): Promise<ChangeStanding> {
  let seen = after;
  let approved: OpenProposal | undefined;
  const read = async (membership: MembershipAccess) => {
    await membership.reached(seen);
    return readAgreement(membership, kind, organisation);
  };
  for (const member of as)
    await withMembershipAs(context, member, async (membership) => {
      const standing = await read(membership);
      if (standing.kind === 'agreed') return;
      approved = chosen(asExpected(standing, expected), organisation, proposal);
      if (approved.missing.includes(member)) seen = await approvedAt(membership, approved.id, seen);
    });
  const [last] = as.slice(-1);
  const standing = await withMembershipAs(context, last ?? '', read);
  const now = standing.kind === 'open' ? chosen(standing, organisation, approved?.id) : approved;
  const agreed = standing.kind === 'agreed';
  return { organisation, agreed, ...(now === undefined ? {} : { proposal: now }) };
}

/** Height at which a member's approval stands; `before` when another's decided it meanwhile. */
async function approvedAt(membership: MembershipAccess, id: string, before: number): Promise<number> {
  try {
    return await membership.approve(id);
  } catch (error) {
    if (error instanceof LedgerError && error.reason === 'decided') return before;
    throw error;
  }
}

/** Without proposals to admit somebody else under this name. */
function asExpected(
  standing: Exclude<Agreement, { kind: 'agreed' }>,
  expected: Application | undefined,
): Exclude<Agreement, { kind: 'agreed' }> {
  if (standing.kind === 'none' || expected === undefined) return standing;
  const isExpected = ({ change }: OpenProposal) =>
    change.member === undefined || canonicalize(change.member) === canonicalize(expected);
  return { kind: 'open', proposals: standing.proposals.filter(isExpected) };
}

function chosen(
  standing: Exclude<Agreement, { kind: 'agreed' }>,
  organisation: string,
  proposal: string | undefined,
): OpenProposal {
  const open = standing.kind === 'open' ? standing.proposals : [];
  const named = proposal === undefined ? open : open.filter(({ id }) => id === proposal);
  const [only, ...others] = named;
  if (only === undefined)
    throw new NetworkError(
      'not-agreed',
      `There is no such open proposal about ${organisation}: a member proposes it first, with --propose.`,
    );
  if (others.length > 0)
    throw new NetworkError(
      'network-invalid',
      `There are several proposals about ${organisation}: say which with --proposal (${open.map(({ id }) => id).join(', ')}).`,
    );
  return only;
}
