import type { Awaitable } from '../awaitable.ts';
import { VaultError } from '../error.ts';
import type { VersionReader } from '../reading/version-reader.ts';
import type { Head, StoredVersion } from '../stored-version.ts';
import type { Reader } from '../vault.ts';

const RESOURCE_LOCK = /^([A-Z][A-Za-z]*)\/([A-Za-z0-9\-.]{1,64})$/;

/** What a build step reads when the storage answers at once. */
export function readNow(reader: VersionReader): Reader {
  return {
    read: (type, id, version) => atOnce(reader.read(type, id, version)),
    head: (type, id) => atOnce(reader.head(type, id)),
  };
}

/**
 * What a build step reads when the storage answers later: the newest versions of the resources that were locked, fetched
 * beforehand. Anything else is a `VaultError` `malformed`, because there is no waiting inside a build step.
 */
export async function readAhead(reader: VersionReader, locks: readonly string[]): Promise<Reader> {
  const known = new Map<string, { newest: StoredVersion | undefined; head: Head | undefined }>();
  for (const lock of locks) {
    const [, type, id] = RESOURCE_LOCK.exec(lock) ?? [];
    if (type === undefined || id === undefined) continue;
    known.set(lock, { newest: await reader.read(type, id), head: await reader.head(type, id) });
  }
  const locked = (type: string, id: string) =>
    known.get(`${type}/${id}`) ?? atOnce(Promise.resolve(undefined));
  return {
    read: (type, id, version) => {
      const newest = locked(type, id)?.newest;
      if (version === undefined || version === newest?.version) return newest;
      return atOnce(reader.read(type, id, version));
    },
    head: (type, id) => locked(type, id)?.head,
  };
}

function atOnce<T>(value: Awaitable<T>): T {
  if (!(value instanceof Promise)) return value;
  // Its failure is nobody's any more.
  value.catch(() => undefined);
  throw new VaultError(
    'malformed',
    'A change may read only the newest versions of the resources that it locked.',
  );
}
