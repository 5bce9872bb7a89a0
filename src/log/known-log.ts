import { isActiveKey, type MemberKey, type MemberState } from '../ledger/index.ts';
import { ED25519_NOTE, fromBase64, type VerifierKey, verifierKey } from '../proof/index.ts';

/** A member's log as `membership` names it. Built anew at every call: keys and members change. */
export interface KnownLog {
  readonly origin: string;
  /** The member that owns it. */
  readonly organisation: string;
  /**
   * Keys that may sign it now, type 0x01, named by the origin. None for a closed log, whose key may be in other hands, and
   * while its owner is suspended.
   */
  readonly keys: readonly VerifierKey[];
}

/** The logs of all other members, closed ones included. */
export type KnownLogs = () => readonly KnownLog[];

/** The logs that the members other than `except` have at a ledger height. */
export function knownLogsOf(members: readonly MemberState[], except: string, height: number): KnownLog[] {
  return members
    .filter(({ organisation }) => organisation !== except)
    .flatMap((member) =>
      member.logs.map(({ origin, closed }) => {
        const isOpen = closed === undefined && member.status === 'active';
        const keys = isOpen ? member.keys.filter((key) => isActiveKey(key, height)) : [];
        return { origin, organisation: member.organisation, keys: logKeys(keys, origin) };
      }),
    );
}

/** Every key that a member's log was ever signed with, for heads that it signed long ago. */
export function logKeysEver(member: MemberState, origin: string): VerifierKey[] {
  return logKeys(member.keys, origin);
}

function logKeys(keys: readonly MemberKey[], origin: string): VerifierKey[] {
  return keys
    .filter(({ use }) => use === 'log')
    .map(({ key }) => verifierKey({ name: origin, type: ED25519_NOTE, publicKey: fromBase64(key) }));
}
