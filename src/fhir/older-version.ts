import type { StoredVersion } from '../vault/index.ts';
import { type Judged, judge, type Reach, type Shown } from './access.ts';
import type { Context } from './context.ts';

/** Judges stored versions of one request: each by itself and by the newest one of its resource. */
export type VersionJudge = (stored: StoredVersion) => Promise<Judged | undefined>;

/**
 * What may be shown of a version, as {@link judge}. An older one also needs the newest to be permitted: what was labelled or filed
 * under another patient since must not be read as it was before. Where only a part of the newest is shown, no older one is: it has
 * no label on what is left out now. A deletion keeps labels and patients. Newest versions are looked up once per judge. Notes
 * nothing.
 */
export function versionJudge(context: Context, reach: Reach): VersionJudge {
  const { vault } = context.services;
  const newest = new Map<string, Promise<Shown | undefined>>();
  const shownOf = async (type: string, id: string): Promise<Shown | undefined> => {
    const stored: StoredVersion | undefined = await vault.read(type, id);
    return stored === undefined || stored.erased === true ? undefined : judge(context, reach, stored)?.shown;
  };
  return async (stored) => {
    const { type, id } = stored;
    if (stored.erased === true) return undefined;
    const judged = judge(context, reach, stored);
    if (judged === undefined) return undefined;
    const known = newest.get(`${type}/${id}`) ?? shownOf(type, id);
    newest.set(`${type}/${id}`, known);
    const now = await known;
    const follows = now !== undefined && (now.redacted !== true || now.version === stored.version);
    return follows ? judged : undefined;
  };
}
