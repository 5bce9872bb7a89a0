import assert from 'node:assert/strict';
import { LedgerError, reject } from '../error.ts';
import type { Contract } from './contract.ts';
import { type ContractState, contractKey, MEMBERSHIP } from './member-state.ts';
import type { StateObject } from './state-value.ts';

/** The contracts that an engine runs, each in the versions this program has. */
export class ContractSet {
  readonly #byName: ReadonlyMap<string, readonly Contract[]>;

  /** Two contracts of the same name and version are a broken invariant, and so is a set without `membership`. */
  constructor(contracts: readonly Contract[]) {
    this.#byName = Map.groupBy(contracts, (contract) => contract.name);
    assert.ok(this.#byName.has(MEMBERSHIP), 'an engine needs the membership contract');
    for (const versions of this.#byName.values()) {
      assert.equal(
        new Set(versions.map(({ version }) => version)).size,
        versions.length,
        'a contract version occurs twice',
      );
    }
  }

  /**
   * The version of a contract that is active at a height. Throws `LedgerError`: `rejected` `unknown-contract`, or
   * `unavailable` `contract-version` when the network has moved to a version that this program does not have.
   */
  active(name: string, height: number, read: (key: string) => StateObject | undefined): Contract {
    const versions = this.#byName.get(name);
    if (versions === undefined) reject('unknown-contract', 'there is no such contract; check its name');
    const state = read(contractKey(name)) as ContractState | undefined;
    const wanted = state?.versions.findLast(({ from }) => from <= height)?.version ?? 1;
    const contract = versions.find(({ version }) => version === wanted);
    if (contract === undefined) {
      throw new LedgerError(
        'unavailable',
        `version ${wanted} of ${name} is active; install a program that has it`,
        {
          reason: 'contract-version',
        },
      );
    }
    return contract;
  }
}
