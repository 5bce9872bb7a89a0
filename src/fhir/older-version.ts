import type { StoredVersion } from '../vault/index.ts';
import { type Judged, judge, type Reach, type Shown } from './access.ts';
import type { Context } from './context.ts';
import { permission } from './permission.ts';

/** Judges stored versions of one request: each by itself and by the later ones of its resource. */
export type VersionJudge = (stored: StoredVersion) => Promise<Judged | undefined>;

/** What is known of the versions of one resource: none above `from` is shown in part, or the one at `partial` is. */
interface Looked {
  from: number;
  partial?: number;
}

/**
 * What may be shown of a version, as {@link judge}. An older one also needs the newest to be permitted: what was labelled or filed
 * under another patient since must not be read as it was before. Where only a part of any later one is shown, no older one is: it
 * may have no label on what is left out there, and neither deleting the resource nor dropping the element takes that back. A
 * deletion keeps labels and patients. Each version is looked at once per judge. Notes nothing.
 */
export function versionJudge(context: Context, reach: Reach): VersionJudge {
  const { vault } = context.services;
  const newest = new Map<string, Promise<Shown | undefined>>();
  const looked = new Map<string, Looked>();
  const shownOf = async (type: string, id: string): Promise<Shown | undefined> => {
    const stored: StoredVersion | undefined = await vault.read(type, id);
    return stored === undefined || stored.erased === true ? undefined : judge(context, reach, stored)?.shown;
  };
  const isPartialAfter = async ({ type, id, version }: StoredVersion, last: number): Promise<boolean> => {
    const known = looked.get(`${type}/${id}`) ?? { from: last + 1 };
    looked.set(`${type}/${id}`, known);
    while (known.partial === undefined && known.from > version + 1) {
      const at = known.from - 1;
      const later: StoredVersion | undefined = await vault.read(type, id, at);
      if (later !== undefined && isPartial(context, later)) known.partial = at;
      known.from = at;
    }
    return known.partial !== undefined && known.partial > version;
  };
  return async (stored) => {
    const { type, id } = stored;
    if (stored.erased === true) return undefined;
    const judged = judge(context, reach, stored);
    if (judged === undefined) return undefined;
    const known = newest.get(`${type}/${id}`) ?? shownOf(type, id);
    newest.set(`${type}/${id}`, known);
    const now = await known;
    const follows = now !== undefined && !(await isPartialAfter(stored, now.version));
    return follows ? judged : undefined;
  };
}

/** Whether the decision leaves parts of a version out, whether or not a scope reaches what is left: a deletion keeps its labels. */
function isPartial(context: Context, { facts, patients }: StoredVersion): boolean {
  return (permission(context, facts, patients)?.redactions.length ?? 0) > 0;
}
