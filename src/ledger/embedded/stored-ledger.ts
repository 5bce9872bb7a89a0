import { isCarried } from '../continuation/state-tree.ts';
import type { Contract } from '../kit/contract.ts';
import { ContractSet } from '../kit/contract-set.ts';
import { ask } from '../kit/execute.ts';
import type { Block, Ledger, Write } from '../ledger.ts';
import { BlockStore } from './block-store.ts';
import { readableBlock } from './block-text.ts';
import { checkChain, type LedgerProblem } from './chain-check.ts';

/** Blocks read from the file at a time. */
const READ_BLOCKS = 32;

/** Where a stored ledger is and how it is looked at. */
export interface StoredLedgerOptions {
  readonly path: string;
  /** Every contract in every version that this program has. */
  readonly contracts: readonly Contract[];
  /** As `openSnapshot`'s. */
  readonly immutable: boolean;
}

/** An embedded ledger as its file is at one moment: for checks, backups and restores, beside a process that may be writing it. */
export interface StoredLedger extends Pick<Ledger, 'query'> {
  /** The newest block; height −1 and 64 zeros when there is none. */
  readonly head: { readonly height: number; readonly hash: string };
  /** Every block in order, as it is stored, whether it is genuine or not. */
  blocks(): IterableIterator<Block>;
  /** Every value of its state that goes on when it is continued elsewhere, in the order of their keys. */
  carried(): Write[];
  /** Hash of the block at a height; undefined when there is none. */
  hashAt(height: number): string | undefined;
  /** Everything that is wrong with it, from genesis on; empty when nothing. Lets other work through. */
  problems(): Promise<LedgerProblem[]>;
  /** Copies it to another file. Throws `DatabaseError`. */
  backup(toPath: string): Promise<void>;
  close(): void;
}

/** Opens a stored ledger for reading. Nothing is checked and nothing written. Throws `DatabaseError`. */
export function openStoredLedger({ path, contracts, immutable }: StoredLedgerOptions): StoredLedger {
  const store = new BlockStore(path, { immutable });
  const set = new ContractSet(contracts);
  return {
    head: store.head,
    query: async (contract, name, args) => ask(set, store, store.head.height + 1, { contract, name, args }),
    *blocks() {
      for (let next = 0; next <= store.head.height; ) {
        const some = store.blocks(next, READ_BLOCKS);
        for (const { hash, text } of some) yield readableBlock(text, hash);
        next = (some.at(-1)?.height ?? store.head.height) + 1;
      }
    },
    carried: () => [...store.state()].filter(isCarried),
    hashAt: (height) => store.blocks(height, 1).find((block) => block.height === height)?.hash,
    async problems() {
      const found: LedgerProblem[] = [];
      for (const some of checkChain(store, 0)) {
        found.push(...some);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return found;
    },
    backup: (toPath) => store.backup(toPath),
    close: () => store.close(),
  };
}
