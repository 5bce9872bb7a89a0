import { json } from './http.ts';
import type { LedgerTransaction } from './logs.ts';

/** One member as the node sees it on the ledger. */
export interface Member {
  organisation: string;
  status: 'active' | 'suspended';
  url: string;
  origin: string;
  /** Its newest anchored head; absent before the first. */
  anchor?: { size: number; root: string; sequence: number; time: string };
}

/** One process of the network underneath. */
export interface NetworkNode {
  organisation: string;
  role: 'orderer' | 'peer';
  endpoint: string;
  /** Absent where nobody but its own organisation may ask it. */
  up?: boolean;
  height?: number;
}

/** `GET /ledger`. */
export interface LedgerStatus {
  id: string;
  engine: 'embedded' | 'fabric';
  height: number;
  block?: string;
  viewAgeMs?: number;
  policyVersion?: number;
  members: Member[];
  /** Absent where one process keeps the ledger. */
  network?: { nodes: NetworkNode[]; leader?: string };
  warnings: string[];
}

/** A block as the explorer gives it. */
export interface Block {
  height: number;
  hash: string;
  previous: string;
  time: string;
  transactions: (LedgerTransaction & { valid: boolean })[];
}

/** The ledger as the node sees it. */
export const fetchLedger = (): Promise<LedgerStatus> => json<LedgerStatus>('/ledger');

/** Blocks up to a height, the newest when left out; newest first. */
export async function fetchBlocks(
  upTo: number | undefined,
  count: number,
): Promise<{ height: number; blocks: Block[] }> {
  const from = upTo === undefined ? '' : `from=${Math.max(0, upTo - count + 1)}&`;
  const limit = upTo === undefined ? count : Math.min(count, upTo + 1);
  const page = await json<{ height: number; blocks: Block[] }>(`/ledger/blocks?${from}limit=${limit}`);
  return { height: page.height, blocks: page.blocks.reverse() };
}
