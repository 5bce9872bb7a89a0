import type { KeyLookup } from './message-signature.ts';

/** Another member of the network as its newest membership state has it. */
export interface Member {
  readonly organisation: string;
  /** Public base URL: what requests to it are signed for. */
  readonly url: string;
  /** Where it is reached from here; differs from `url` when both run in one process. */
  readonly reach: string;
  /** Raw X25519 `exchange-seal` key, with its id. */
  readonly sealKey: Uint8Array;
}

/** The members as this node sees them now. */
export interface MemberDirectory {
  readonly own: Member;
  /** Other active members, sorted by id. */
  others(): readonly Member[];
  readonly lookup: KeyLookup;
}
