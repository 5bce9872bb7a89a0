import type { PolicyContent, PolicyMember } from '../../proof/index.ts';
import type { StateObject } from './state-value.ts';

/**
 * The part of `membership`'s state that every engine and contract relies on: who is a member, with which keys, and which
 * version of a contract is active. `membership` writes it, its form is fixed here so that nothing below must be known above.
 */
export const MEMBERSHIP = 'membership';

/** What a key is for. */
export type KeyUse = 'log' | 'witness' | 'ledger' | 'exchange-sign' | 'exchange-seal' | 'transaction';

/** A member's public key with its period. */
export interface MemberKey {
  readonly id: string;
  readonly use: KeyUse;
  readonly algorithm: 'ed25519' | 'x25519';
  /** Base64 of the raw 32 bytes. */
  readonly key: string;
  /** First ledger height at which it is active. */
  readonly from: number;
  /** First ledger height at which it no longer is; absent while it has no end. */
  readonly until?: number;
}

/** A member's log; `closed` names its final head once a successor took over. */
export interface MemberLog {
  readonly origin: string;
  readonly closed?: { readonly size: number; readonly root: string };
}

/** State under `member/<organisation>`. */
export interface MemberState extends StateObject {
  readonly organisation: string;
  readonly status: 'active' | 'suspended';
  readonly address: { readonly url: string; readonly origin: string };
  readonly keys: readonly MemberKey[];
  readonly logs: readonly MemberLog[];
}

/** State under `ledger`. */
export interface LedgerState extends StateObject {
  readonly id: string;
  /** Height of the block that closed this ledger. */
  readonly closed?: number;
}

/** State under `contract/<name>`: which versions are active from which heights, ascending. */
export interface ContractState extends StateObject {
  readonly versions: readonly { readonly version: number; readonly from: number }[];
}

/** Key of the state about the ledger itself. */
export const LEDGER_KEY = 'ledger';

/** Key of the signed statement with which a ledger went on here from another engine; absent on one that began here. */
export const CONTINUATION_KEY = 'continuation';

/** Key of a member's state. */
export function memberKey(organisation: string): string {
  return `member/${organisation}`;
}

/** Key of a contract's active versions. */
export function contractKey(name: string): string {
  return `contract/${name}`;
}

/** Whether a key is active at a height. */
export function isActiveKey(key: MemberKey, height: number): boolean {
  return key.from <= height && (key.until === undefined || height < key.until);
}

/** State under `policy/<version>`: one version of the trust policies, permanent. */
export interface PolicyState extends StateObject {
  readonly version: number;
  /** Ledger height at which it was made. */
  readonly height: number;
  /** Hexadecimal SHA-256 of the network's policy text. */
  readonly networkHash: string;
  /** By organisation: hexadecimal SHA-256 of its log's policy text. */
  readonly logs: { readonly [organisation: string]: string };
  /** The members it lists, sorted by id, with their verifier keys. */
  readonly members: readonly PolicyMember[];
  /** The organisations elected as witnesses, when there are too many members for all to be one. */
  readonly elected?: readonly string[];
  /** True when a key in it was compromised: its receipts must be renewed. */
  readonly withdrawn?: true;
}

/** State under `policy-head`: the newest policy version. */
export interface PolicyHeadState extends StateObject {
  readonly version: number;
}

/** Key of the number of the newest policy version. */
export const POLICY_HEAD_KEY = 'policy-head';

/** Key of a policy version. */
export function policyKey(version: number): string {
  return `policy/${version}`;
}

/** What the texts of a policy version are made from. */
export function policyContent(ledger: string, policy: PolicyState): PolicyContent {
  const { version, members, elected } = policy;
  return { ledger, version, members, ...(elected === undefined ? {} : { elected }) };
}
