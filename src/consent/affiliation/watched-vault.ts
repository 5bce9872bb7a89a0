import type { Vault, VersionWrite } from '../../vault/index.ts';

/** Whoever must know of what is written before the writer is answered. */
export interface Watcher {
  readonly written: (versions: readonly VersionWrite[]) => Promise<void>;
  /** Something changed that is no new version: an erasure, a merge. */
  readonly changed: () => Promise<void>;
  /** Told of a watcher that failed: what was written stays written, and what the watcher cannot tell denies. */
  readonly onFault: (error: unknown) => void;
}

/** A vault whose writers are answered once the watcher has taken in what they wrote. */
export function watchedVault(vault: Vault, { written, changed, onFault }: Watcher): Vault {
  const taken = (work: Promise<void>): Promise<void> => work.catch(onFault);
  const afterwards =
    <A extends readonly unknown[], R>(work: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      try {
        return await work(...given);
      } finally {
        await taken(changed());
      }
    };
  const transact: Vault['transact'] = async (locks, build) => {
    let versions: readonly VersionWrite[] = [];
    const done = await vault.transact(locks, (read) => {
      const built = build(read);
      versions = built.change.versions ?? [];
      return built;
    });
    if (versions.length > 0) await taken(written(versions));
    return done;
  };
  const commit: Vault['commit'] = async (change) => {
    const logged = await vault.commit(change);
    if (change.versions !== undefined && change.versions.length > 0) await taken(written(change.versions));
    return logged;
  };
  const watched: Partial<Vault> = {
    transact,
    commit,
    erase: afterwards((order) => vault.erase(order)),
    applyErasures: afterwards((keyIds) => vault.applyErasures(keyIds)),
    merge: afterwards((from, into, actor) => vault.merge(from, into, actor)),
    unmerge: afterwards((from, actor) => vault.unmerge(from, actor)),
  };
  // Bound once: a search reads hundreds of versions.
  const bound = new Map<PropertyKey, unknown>();
  return new Proxy(vault, {
    get(target, name) {
      if (bound.has(name)) return bound.get(name);
      const member: unknown = Reflect.get(watched, name) ?? Reflect.get(target, name);
      const own = typeof member === 'function' ? member.bind(target) : member;
      if (typeof member === 'function') bound.set(name, own);
      return own;
    },
  });
}
