import type { Vault } from '../../vault/index.ts';

/** A vault that calls `before` ahead of each durable step; a test that throws there cuts the node off in the middle. */
export function interruptibleVault(vault: Vault, before: (what: 'commit' | 'transact') => void): Vault {
  const commit: Vault['commit'] = (change) => {
    before('commit');
    return vault.commit(change);
  };
  const transact: Vault['transact'] = (locks, build) => {
    before('transact');
    return vault.transact(locks, build);
  };
  return new Proxy(vault, {
    get: (target, name) => {
      if (name === 'commit') return commit;
      if (name === 'transact') return transact;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
