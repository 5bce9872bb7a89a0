import { type NetworkContext, NetworkError } from '../../ledger/index.ts';
import { type AgreedKind, type Agreement, agreementOn } from './agreement.ts';
import { askMembership, type MembershipAccess } from './membership-access.ts';

const COMMANDS: Record<AgreedKind, string> = { join: 'add-org', suspend: 'suspend' };

/** What the members have agreed on about an organisation. Rejects with NetworkError `not-agreed` while the ledger has not begun. */
export async function readAgreement(
  membership: MembershipAccess,
  kind: AgreedKind,
  organisation: string,
): Promise<Agreement> {
  if ((await membership.ledgerId()) === undefined)
    throw new NetworkError(
      'not-agreed',
      'The ledger has not begun, so nobody can agree on anything: start the nodes of its founders first.',
    );
  const [members, proposals] = await Promise.all([membership.members(), membership.proposals()]);
  return agreementOn(kind, organisation, members, proposals);
}

/** Rejects with NetworkError `not-agreed`, which names the command that is still to be run, unless `membership` on the running ledger wants the change. */
export async function requireAgreed(
  context: NetworkContext,
  kind: AgreedKind,
  organisation: string,
): Promise<void> {
  const agreement = await askMembership(context, (membership) =>
    readAgreement(membership, kind, organisation),
  );
  if (agreement.kind !== 'agreed')
    throw new NetworkError('not-agreed', refusal(agreement, kind, organisation));
}

/** Why a change is not made yet, and what a member must still run. */
export function refusal(
  agreement: Exclude<Agreement, { kind: 'agreed' }>,
  kind: AgreedKind,
  organisation: string,
): string {
  const what = kind === 'join' ? `admitted ${organisation}` : `suspended ${organisation}`;
  const verb = `holdfast ledger ${COMMANDS[kind]}`;
  const elsewhere = kind === 'join' ? ' (--card FILE in place of --org for one on another machine)' : '';
  if (agreement.kind === 'none') {
    const subject = kind === 'join' ? `${organisation}=FOLDER` : organisation;
    return `membership has not ${what}, and nobody has proposed it: a member runs ${verb} --org ${subject} --propose --as MEMBER, then others --approve${elsewhere}.`;
  }
  const waiting = agreement.proposals.map(
    ({ id, approvals, needed, missing }) =>
      `proposal ${id} has ${approvals.length} of ${needed} (missing among ${missing.join(', ')})`,
  );
  return `membership has not ${what} yet: ${waiting.join('; ')}. Members that want it run ${verb} --org ${organisation} --approve --as MEMBER${elsewhere}.`;
}
