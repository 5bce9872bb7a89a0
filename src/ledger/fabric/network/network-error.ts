/** Why a network of Fabric processes cannot do what it was asked; the set is closed. */
export type NetworkErrorCode =
  /** Go is absent or too old, and there are no binaries. */
  | 'go-missing'
  | 'binaries-missing'
  | 'build-failed'
  | 'port-in-use'
  /** A process ended or never became healthy; its log says why. */
  | 'process-failed'
  /** One of Fabric's commands refused. */
  | 'command-failed'
  /** What was given does not fit the network or itself. */
  | 'network-invalid'
  /** No network was made in this folder. */
  | 'network-missing'
  /** Too few organisations approved or can be reached. */
  | 'majority-missing'
  /** `membership` has not agreed to it: a majority of the members is asked first. */
  | 'not-agreed'
  /** It would leave too few orderers to tolerate a fault. */
  | 'orderers-too-few'
  /** A block of the channel is not what the organisations' cards say. */
  | 'block-differs'
  /** An update that came from elsewhere is not the one that this machine computed itself: nothing is signed. */
  | 'update-differs'
  /** Peers made other snapshots at one block: one of them holds another state. */
  | 'snapshots-differ'
  /** A snapshot is not the one whose hash the members tell. */
  | 'hash-differs'
  | 'backup-damaged';

/** An operational failure: `code` is stable, the message is a sentence that says what to do. */
export class NetworkError extends Error {
  readonly code: NetworkErrorCode;

  constructor(code: NetworkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NetworkError';
    this.code = code;
  }
}
