import type { NetworkContext } from '../../../ledger/index.ts';
import {
  type AgreedKind,
  type Application,
  applicationOf,
  approveChange,
  type ChangeStanding,
  type LedgerOperation,
  type OpenProposal,
  proposeChange,
} from '../../../node/index.ts';
import { CliError, EXIT, type ExitCode } from '../../exit-code.ts';
import type { Output } from '../../output.ts';

/** Options by which members agree on a change before the same verb carries it out. */
export interface AgreeOptions {
  readonly propose?: boolean;
  readonly approve?: boolean;
  readonly as: readonly string[];
  readonly proposal?: string;
}

/** True when a verb is asked to propose or approve its change. Throws CliError `usage` for options that do not go together. */
export function isAbout({ propose = false, approve = false, as, proposal }: AgreeOptions): boolean {
  if (propose && approve)
    throw new CliError(
      EXIT.unusable,
      'usage',
      'A change is proposed or approved, not both: whoever proposes it wants it.',
    );
  if (!propose && !approve && (as.length > 0 || proposal !== undefined))
    throw new CliError(EXIT.unusable, 'usage', '--as and --proposal go with --propose or --approve.');
  return propose || approve;
}

/** A change to agree on. */
export interface ChangeToAgree {
  readonly kind: AgreedKind;
  readonly organisation: string;
  /** The application of an organisation that is to join, signed for a ledger. */
  readonly application: (ledger: string) => Application;
  /** What it brings, where it is known before: another's proposal under this name is not approved. */
  readonly expected?: Application;
}

/** The application of an organisation out of its own data folder. Throws CliError `usage` when none is given. */
export function applicationFrom({ organisation, passphrase }: LedgerOperation): ChangeToAgree['application'] {
  const { id, data } = organisation;
  return (ledger) => {
    if (data === undefined)
      throw new CliError(
        EXIT.unusable,
        'usage',
        `Give ${id}=FOLDER, its data folder: it signs the application itself.`,
      );
    return applicationOf(data, id, ledger, passphrase());
  };
}

/** Proposes or approves a change in the name of members that are run from this folder: 0 once a majority wants it, 1 while others must say so. */
export async function agree(
  context: NetworkContext,
  { kind, organisation, application, expected }: ChangeToAgree,
  options: AgreeOptions,
  output: Output,
): Promise<ExitCode> {
  const as = speakers(options.as, context.description.hosted, organisation);
  output.progress(`asking membership about ${organisation}`);
  const change = { kind, organisation, as, ...(expected === undefined ? {} : { expected }) };
  const standing =
    options.propose === true
      ? await proposeChange(context, change, application)
      : await approveChange(context, change, { proposal: options.proposal });
  output.result(standing);
  tell(kind, standing, output);
  return standing.agreed ? EXIT.done : EXIT.found;
}

/** Whoever is named; the only organisation run from here when nobody is. */
function speakers(given: readonly string[], hosted: readonly string[], about: string): readonly string[] {
  if (given.length > 0) return given;
  const members = hosted.filter((id) => id !== about);
  if (members.length === 1) return members;
  throw new CliError(EXIT.unusable, 'usage', `Say in whose name with --as: ${members.join(', ')}.`);
}

function tell(kind: AgreedKind, { organisation, agreed, proposal }: ChangeStanding, output: Output): void {
  if (proposal !== undefined) output.line(`Proposal ${proposal.id}: ${inWords(proposal.change)}.`);
  if (agreed) {
    const verb = kind === 'join' ? 'add-org' : 'suspend';
    output.line(
      `More than half of the members agree. Carry it out: holdfast ledger ${verb} --org ${organisation}`,
    );
  } else if (proposal !== undefined)
    output.line(
      `${proposal.approvals.length} of ${proposal.needed} members want it; still to be asked: ${proposal.missing.join(', ')}.`,
    );
}

/** What whoever approves should have compared with the applicant on another way. */
function inWords({ kind, member, organisation }: OpenProposal['change']): string {
  if (member === undefined) return `${kind} ${organisation}`;
  const keys = member.keys.filter(({ use }) => use === 'log' || use === 'transaction');
  const named = keys.map(({ use, key }) => `${use} key ${key}`).join(', ');
  return `${member.organisation} joins at ${member.address.url}, log origin ${member.address.origin}, ${named}`;
}
