import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { orderedBlockHash, readOrderedBlock } from '../../proof/index.ts';
import type { ContinuedFrom, ContinuedLedger } from '../continuation/continuation.ts';
import { LedgerError } from '../error.ts';
import type { Role } from '../kit/context.ts';

/** A certificate and the key that belongs to it. */
export interface FabricIdentity {
  /** PEM. */
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
}

/** How one organisation's node reaches the network, with everything read that its connection profile names. */
export interface FabricProfile {
  readonly organisation: string;
  readonly mspId: string;
  readonly channel: string;
  readonly chaincode: string;
  /** The organisation's own peer. */
  readonly peer: {
    readonly mspId: string;
    readonly endpoint: string;
    readonly serverName: string;
    readonly tlsCa: Buffer;
  };
  /** Who submits in which role: a client's certificate or an administrator's. */
  readonly identities: Readonly<Record<Role, FabricIdentity>>;
  /** Hash of the channel's first block, hexadecimal, when the profile brings that block. */
  readonly genesis?: string;
  /** The block after which a ledger goes on in this channel, and with which state; absent where it begins in it, the state alone in profiles of older releases. */
  readonly continues?: ContinuedFrom | ContinuedLedger;
}

/** Reads a connection profile (`connection.json`) and the files it names, relative to its own. Throws `LedgerError` `unavailable` `profile`. */
export function readProfile(path: string): FabricProfile {
  const file = (name: unknown) => readFileSync(resolve(dirname(path), textOf(name)));
  try {
    const profile = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    if (profile.version !== 1) throw new Error('its version is not 1');
    const { peers, own } = profile;
    const peer = Array.isArray(peers) && typeof own === 'number' ? (peers[own] as unknown) : undefined;
    if (!isObject(peer)) throw new Error('it names no peer of the organisation');
    const identity = (value: unknown): FabricIdentity => {
      if (!isObject(value)) throw new Error('an identity is missing');
      return { certificate: file(value.cert), key: createPrivateKey(file(value.key)) };
    };
    return {
      organisation: textOf(profile.organisation),
      mspId: textOf(profile.mspId),
      channel: textOf(profile.channel),
      chaincode: textOf(profile.chaincode),
      peer: {
        mspId: textOf(peer.mspId),
        endpoint: textOf(peer.endpoint),
        serverName: textOf(peer.serverName),
        tlsCa: file(peer.tlsCa),
      },
      identities: { node: identity(profile.client), admin: identity(profile.admin) },
      ...(profile.genesis === undefined
        ? {}
        : { genesis: orderedBlockHash(readOrderedBlock(file(profile.genesis))) }),
      ...(profile.continues === undefined ? {} : { continues: continuedFrom(profile.continues) }),
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LedgerError(
      'unavailable',
      `the connection profile ${path} cannot be used: ${why}; make it anew`,
      {
        reason: 'profile',
        cause,
      },
    );
  }
}

const HASH = /^[0-9a-f]{64}$/;

function continuedFrom(value: unknown): ContinuedFrom | ContinuedLedger {
  if (!isObject(value) || !Number.isSafeInteger(value.height) || !HASH.test(textOf(value.block)))
    throw new Error('the block that it continues from is none');
  const from = { height: Number(value.height), block: textOf(value.block) };
  if (value.entries === undefined && value.state === undefined) return from;
  if (!Number.isSafeInteger(value.entries) || !HASH.test(textOf(value.state)))
    throw new Error('the state that it continues is none');
  return { ...from, entries: Number(value.entries), state: textOf(value.state) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new Error('a member is missing');
  return value;
}
