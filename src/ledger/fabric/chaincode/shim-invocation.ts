import type { Invocation } from './program.ts';

/** Name of the one chaincode event of a transaction; its payload lists what the contract emitted. */
const EVENT = 'holdfast';

/** A page of a range, as the shim gives it. */
interface ShimIterator {
  next(): Promise<{
    readonly done: boolean;
    readonly value?: { readonly key: string; readonly value: Uint8Array };
  }>;
  close(): Promise<unknown>;
}

/** What is used of an invocation as fabric-shim hands it over. */
export interface ShimCall {
  getTxID(): string;
  getBufferArgs(): readonly Uint8Array[];
  getCreator(): { readonly mspid: string; readonly idBytes: Uint8Array };
  getState(key: string): Promise<Uint8Array>;
  putState(key: string, value: Uint8Array): Promise<unknown>;
  getStateByRange(start: string, end: string): Promise<ShimIterator>;
  setEvent(name: string, payload: Uint8Array): void;
}

/** An invocation as the program wants it, over the shim's call; `blocks` says how many the peer has committed. */
export function shimInvocation(call: ShimCall, blocks: () => Promise<number>): Invocation {
  const { mspid, idBytes } = call.getCreator();
  return {
    transactionId: call.getTxID(),
    mspId: mspid,
    certificate: idBytes,
    args: call.getBufferArgs().map((arg) => Buffer.from(arg).toString('utf8')),
    async get(key) {
      const value = await call.getState(key);
      return value.length === 0 ? undefined : Buffer.from(value).toString('utf8');
    },
    range: (start, end, limit) => readRange(call, start, end, limit),
    blocks,
    async put(key, value) {
      await call.putState(key, Buffer.from(value, 'utf8'));
    },
    emit: (payload) => call.setEvent(EVENT, Buffer.from(payload, 'utf8')),
  };
}

async function readRange(call: ShimCall, start: string, end: string, limit: number) {
  const iterator = await call.getStateByRange(start, end);
  const entries: { key: string; text: string }[] = [];
  try {
    while (entries.length < limit) {
      const { done, value } = await iterator.next();
      if (done || value === undefined) break;
      entries.push({ key: value.key, text: Buffer.from(value.value).toString('utf8') });
    }
  } finally {
    await iterator.close();
  }
  return entries;
}
