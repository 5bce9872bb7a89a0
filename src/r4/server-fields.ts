import { canonicalize } from '../proof/index.ts';
import { memberValue, readMembers, setMember, writeMembers } from './json/canonical-object.ts';

/** What the server decides about a version; members beyond these two replace the client's of the same name. */
export interface ServerFields {
  readonly id: string;
  readonly meta: {
    readonly versionId: string;
    readonly lastUpdated: string;
    readonly [name: string]: unknown;
  };
}

/**
 * The canonical text with `id` and `meta` set as the server decides. The client's other meta (profile, tag, security,
 * source, extensions) stays, digits stay. One pass over the top level.
 */
export function withServerFields(text: string, fields: ServerFields): string {
  const members = readMembers(text, 0);
  const sent = memberValue(members, 'meta');
  const meta = sent?.startsWith('{') ? readMembers(sent, 0) : [];
  for (const [name, value] of Object.entries(fields.meta)) {
    if (value !== undefined) setMember(meta, name, canonicalize(value));
  }
  setMember(members, 'id', canonicalize(fields.id));
  setMember(members, 'meta', writeMembers(meta));
  return writeMembers(members);
}

/**
 * The canonical text without `id`, `meta.versionId` and `meta.lastUpdated`, and without `meta` when nothing else is in
 * it: what a client can have sent. Two versions say the same exactly when these texts are equal.
 */
export function stripServerFields(text: string): string {
  const members = readMembers(text, 0).filter(({ name }) => name !== 'id');
  const sent = memberValue(members, 'meta');
  if (!sent?.startsWith('{')) return writeMembers(members);
  const meta = readMembers(sent, 0).filter(({ name }) => name !== 'versionId' && name !== 'lastUpdated');
  if (meta.length === 0) return writeMembers(members.filter(({ name }) => name !== 'meta'));
  setMember(members, 'meta', writeMembers(meta));
  return writeMembers(members);
}
