import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mutation } from '../test/safeguards/mutation.ts';
import { mutated } from '../test/safeguards/mutation-run.ts';
import { judge, judgeAll, type Outcome, type Seen } from './judge-mutation.ts';
import { root } from './test-part.ts';

/** What tests read: sources, and the built portal that a node serves. */
const COPIED = 'src test scripts bin docs packaging web package.json vitest.config.ts'.split(' ');

/** A copy of the tree, in which one safeguard at a time can be missing. */
export class SafeguardCopy {
  readonly #folder = mkdtempSync(join(tmpdir(), 'holdfast-mutate-'));

  constructor() {
    for (const name of COPIED) cpSync(join(root, name), join(this.#folder, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  /** What the tests of some mutations of one file do with every safeguard in place. */
  complete(some: readonly Mutation[]): Promise<ReadonlyMap<Mutation, Outcome>> {
    return judgeAll(this.#folder, some);
  }

  /** What the test of a mutation does without its safeguard, which is there again afterwards. */
  async without(mutation: Mutation): Promise<Seen> {
    const path = join(this.#folder, mutation.file);
    const source = readFileSync(path, 'utf8');
    writeFileSync(path, mutated(source, mutation));
    try {
      return await judge(this.#folder, mutation);
    } finally {
      writeFileSync(path, source);
    }
  }

  /** Removes the copy. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
