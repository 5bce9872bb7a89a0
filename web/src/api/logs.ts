import {
  cosignatureTime,
  judgeCheckpoint,
  parsePolicy,
  parseSignedCheckpoint,
  toHex,
} from '../../../src/proof/index.ts';
import { ApiError, json, text } from './http.ts';
import type { Organisation } from './network.ts';

/** One organisation's log as its newest checkpoint shows it, judged in this browser. */
export interface LogState {
  organisation: Organisation;
  size: number;
  root: string;
  /** Members that cosigned, with the time each did. */
  witnesses: { name: string; time: Date | undefined }[];
  trusted: boolean;
  refusal: string | undefined;
}

/** The state of a log; undefined while it has no cosigned checkpoint. */
async function fetchLog(organisation: Organisation): Promise<LogState | undefined> {
  try {
    const base = `/orgs/${organisation.id}/log`;
    const [note, policyText] = await Promise.all([text(`${base}/checkpoint`), text(`${base}/policy`)]);
    const signed = parseSignedCheckpoint(note);
    const verdict = judgeCheckpoint(signed, parsePolicy(policyText));
    const { checkpoint } = signed;
    const witnesses = signed.note.signatures
      .filter(({ name }) => name.endsWith('/witness'))
      .map(({ name, signature }) => {
        const seconds = cosignatureTime(signature);
        return {
          name: name.split('/').at(-2) ?? name,
          time: seconds === undefined ? undefined : new Date(seconds * 1000),
        };
      });
    return {
      organisation,
      size: Number(checkpoint.size),
      root: toHex(checkpoint.root),
      witnesses,
      trusted: verdict.ok,
      refusal: verdict.ok ? undefined : verdict.code,
    };
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 503)) return undefined;
    throw error;
  }
}

/** The logs of all organisations. */
export async function fetchLogs(organisations: readonly Organisation[]): Promise<LogState[]> {
  return (await Promise.all(organisations.map(fetchLog))).filter((log) => log !== undefined);
}

/** A ledger transaction as the explorer gives it. */
export interface LedgerTransaction {
  id: string;
  contract: string;
  name: string;
  time: string;
  submitter: { organisation: string };
  args: Record<string, unknown>;
}

/** Blocks read for the list of anchors. */
const BLOCKS = 100; // a few minutes of the demo

/** The newest anchors and other transactions, newest first. */
export async function fetchTransactions(): Promise<{
  height: number;
  transactions: (LedgerTransaction & { height: number })[];
}> {
  const { ledger } = await json<{ ledger: { height: number } }>('/.well-known/holdfast');
  const from = Math.max(0, ledger.height - BLOCKS + 1);
  const page = await json<{
    height: number;
    blocks: { height: number; transactions: LedgerTransaction[] }[];
  }>(`/ledger/blocks?from=${from}&limit=${BLOCKS}`);
  const transactions = page.blocks.flatMap(({ height, transactions: own }) =>
    own.map((each) => ({ ...each, height })),
  );
  return { height: page.height, transactions: transactions.reverse() };
}
