/** In what a channel's configuration differs from what the members agreed; the set is closed. */
export type DriftCode =
  /** An active member that the channel does not know: it cannot write. */
  | 'member-missing'
  /** An organisation that writes and endorses and never was a member. */
  | 'stranger-present'
  /** A suspended member that still writes and endorses. */
  | 'suspended-present'
  /** An active member without an orderer in the consensus. */
  | 'orderer-missing'
  /** The orderer of a suspended member or a stranger, where enough are left without it. */
  | 'orderer-surplus'
  /** Other root or authority certificates than the organisation handed over. */
  | 'authorities-differ'
  /** Another address or certificate of an orderer than its organisation's. */
  | 'orderer-differs'
  /** Something else than more than half of the organisations decides. */
  | 'policy-differs'
  /** Blocks are accepted by other signatures than a quorum of the present orderers. */
  | 'block-validation-differs';

/** One difference, with the command that mends it. */
export interface Drift {
  readonly code: DriftCode;
  /** Whom it is about; absent where it is about the channel as a whole. */
  readonly organisation?: string;
  /** One sentence for an operator. */
  readonly what: string;
  /** The command that mends it, without the folder it is run in. */
  readonly mend: string;
}
