import { memberSpans } from './canonical-span.ts';

/** A member of an object in canonical text. */
export interface Member {
  readonly name: string;
  /** `"name":value`, canonical. */
  readonly text: string;
}

/** The members of the object that opens at `at`, in canonical order. */
export function readMembers(text: string, at: number): Member[] {
  return memberSpans(text, at).map(({ name, start, end }) => ({ name, text: text.slice(start, end) }));
}

/** Sets a member to a value given as canonical text, and keeps the order of RFC 8785 §3.2.3. */
export function setMember(members: Member[], name: string, value: string): void {
  const member = { name, text: `${JSON.stringify(name)}:${value}` };
  const at = members.findIndex((other) => other.name >= name);
  if (at < 0) members.push(member);
  else members.splice(at, members[at]?.name === name ? 1 : 0, member);
}

/** The canonical text of an object with these members. */
export function writeMembers(members: readonly Member[]): string {
  return `{${members.map(({ text }) => text).join(',')}}`;
}

/** The value of a member as canonical text; undefined when there is no such member. */
export function memberValue(members: readonly Member[], name: string): string | undefined {
  const member = members.find((other) => other.name === name);
  return member?.text.slice(JSON.stringify(name).length + 1);
}
