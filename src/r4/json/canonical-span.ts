/**
 * Where values stand in *canonical* JSON text (RFC 8785: no white space, valid, names sorted). Cutting and joining spans
 * keeps every digit as received, which a round trip through JavaScript numbers would not. Behaviour on other text is undefined.
 */
export interface MemberSpan {
  readonly name: string;
  /** Index of the quote that opens the name. */
  readonly start: number;
  readonly valueStart: number;
  /** Index after the value. */
  readonly end: number;
}

/** Where an item of an array stands. */
export interface ItemSpan {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22; // "
const BACKSLASH = 0x5c; // \
const COMMA = 0x2c; // ,
const OPEN_BRACKET = 0x5b; // [
const CLOSE_BRACKET = 0x5d; // ]
const OPEN_BRACE = 0x7b; // {
const CLOSE_BRACE = 0x7d; // }

/** The members of the object that opens at `at`, in order. O(length of the object). */
export function memberSpans(text: string, at: number): MemberSpan[] {
  const members: MemberSpan[] = [];
  let i = at + 1;
  while (text.charCodeAt(i) !== CLOSE_BRACE) {
    if (text.charCodeAt(i) === COMMA) i++;
    const start = i;
    const nameEnd = endOfString(text, start);
    const valueStart = nameEnd + 1;
    const end = endOfValue(text, valueStart);
    const literal = text.slice(start + 1, nameEnd - 1);
    const name = literal.includes('\\') ? (JSON.parse(text.slice(start, nameEnd)) as string) : literal;
    members.push({ name, start, valueStart, end });
    i = end;
  }
  return members;
}

/** The items of the array that opens at `at`, in order. O(length of the array). */
export function itemSpans(text: string, at: number): ItemSpan[] {
  const items: ItemSpan[] = [];
  let i = at + 1;
  while (text.charCodeAt(i) !== CLOSE_BRACKET) {
    if (text.charCodeAt(i) === COMMA) i++;
    const end = endOfValue(text, i);
    items.push({ start: i, end });
    i = end;
  }
  return items;
}

/** Index after the value that starts at `at`. */
export function endOfValue(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return endOfString(text, at);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return endOfScalar(text, at);
  let depth = 0;
  for (let i = at; ; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) i = endOfString(text, i) - 1;
    else if (c === OPEN_BRACE || c === OPEN_BRACKET) depth++;
    else if (c === CLOSE_BRACE || c === CLOSE_BRACKET) {
      depth--;
      if (depth === 0) return i + 1;
    }
  }
}

function endOfString(text: string, at: number): number {
  let end = text.indexOf('"', at + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

/** A quote is escaped when an odd number of backslashes stands before it. */
function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

/** Numbers, true, false and null end at a comma, a bracket or the end of the text. */
function endOfScalar(text: string, at: number): number {
  for (let i = at; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === COMMA || c === CLOSE_BRACE || c === CLOSE_BRACKET) return i;
  }
  return text.length;
}
