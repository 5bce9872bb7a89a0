import type { Blind } from '../blind-index/blind-key.ts';
import { inAuditCustody } from '../numbering.ts';
import type { Member } from './member.ts';

/** What several members write, each kind in one list: what a commit is made of. */
export type Group = Readonly<Omit<Member, 'erasures' | 'stored' | 'pending'>>;

/** Puts members together. */
export function gather(members: readonly Member[]): Group {
  const all = <K extends keyof Group>(name: K): Member[K][number][] =>
    members.flatMap((member) => member[name] as Member[K][number][]);
  return {
    entries: all('entries'),
    names: all('names'),
    resources: all('resources'),
    versions: all('versions'),
    contents: all('contents'),
    keys: all('keys'),
    spans: all('spans'),
    removedPostings: all('removedPostings'),
    removedSpans: all('removedSpans'),
    tombstones: all('tombstones'),
    holds: all('holds'),
    releasedHolds: all('releasedHolds'),
  };
}

/** Blind values of resources whose postings a group changes. */
export function changedKeys({ keys, removedPostings }: Group): Blind[] {
  const added = keys.filter(({ rid }) => !inAuditCustody(rid)).flatMap(({ groups }) => groups.flat());
  return [...added, ...removedPostings.map(({ key }) => key)];
}
