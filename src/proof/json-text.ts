import { ProofError } from './errors.ts';
import { MAX_JSON_DEPTH, writeString } from './jcs.ts';

/**
 * RFC 8785 form of a JSON text in which numbers keep the digits received (`1.50` stays `1.50`): the canonical content of
 * FORMATS §1. Throws `malformed` on anything that is not one JSON value (RFC 8259) or holds a lone surrogate,
 * `duplicate-name`, and `too-large` beyond {@link MAX_JSON_DEPTH} levels. One pass, O(length).
 */
export function canonicalizeJsonText(text: string): string {
  return new CanonicalScanner(text).scan();
}

/**
 * The value of a JSON text, as JSON.parse gives it, after the refusals of {@link canonicalizeJsonText}: two readers must
 * not see two values in one signed text, and deep nesting must not exhaust the stack of whoever walks it.
 */
export function parseStrictJson(text: string): unknown {
  canonicalizeJsonText(text);
  return JSON.parse(text);
}

type SourceReviver = (name: string, value: unknown, context?: { source?: string }) => unknown;
const json = JSON as unknown as {
  parse(text: string, reviver: SourceReviver): unknown;
  rawJSON?: (text: string) => unknown;
};

/**
 * As {@link parseStrictJson}, except that a number whose digits JavaScript would change becomes a `JSON.rawJSON` value,
 * which `canonicalize` writes as received. Where the platform has no source access the digits are lost, and a commitment over
 * them is then not found: never the other way round.
 */
export function parseJsonKeepingDigits(text: string): unknown {
  canonicalizeJsonText(text);
  return json.parse(text, (_name, value, context) => {
    const source = context?.source;
    if (typeof value !== 'number' || source === undefined || String(value) === source) return value;
    return json.rawJSON?.(source) ?? value;
  });
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these inside strings (RFC 8259 §7)
const NEEDS_DECODING = /[\\\0-\x1f]/;

const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);

interface Member {
  name: string;
  /** `"name":value`, canonical. */
  text: string;
}

class CanonicalScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): string {
    if (!this.#text.isWellFormed()) throw this.#malformed();
    const out = this.#value(0);
    if (this.#peek() !== undefined) throw this.#malformed();
    return out;
  }

  /** The next character that is not white space, without taking it; undefined at the end. */
  #peek(): string | undefined {
    const code = this.#text.charCodeAt(this.#at);
    if (code <= 0x20) {
      SPACE.lastIndex = this.#at;
      SPACE.test(this.#text);
      this.#at = SPACE.lastIndex;
    }
    return this.#text[this.#at];
  }

  #value(depth: number): string {
    switch (this.#peek()) {
      case '{':
        return this.#object(depth + 1);
      case '[':
        return this.#array(depth + 1);
      case '"':
        return this.#string().token;
      case 't':
        return this.#literal('true');
      case 'f':
        return this.#literal('false');
      case 'n':
        return this.#literal('null');
      default:
        return this.#number();
    }
  }

  #object(depth: number): string {
    const members: Member[] = [];
    if (this.#enter(depth) === '}') {
      this.#at++;
      return '{}';
    }
    let isSorted = true;
    let previous: string | undefined;
    do {
      if (this.#peek() !== '"') throw this.#malformed();
      const { name, token } = this.#string();
      if (this.#peek() !== ':') throw this.#malformed();
      this.#at++;
      members.push({ name, text: `${token}:${this.#value(depth)}` });
      if (previous !== undefined && previous >= name) isSorted = false;
      previous = name;
    } while (this.#hasNext('}'));
    if (!isSorted) sortMembers(members);
    let out = '{';
    for (const member of members) out += out.length === 1 ? member.text : `,${member.text}`;
    return `${out}}`;
  }

  #array(depth: number): string {
    if (this.#enter(depth) === ']') {
      this.#at++;
      return '[]';
    }
    let out = `[${this.#value(depth)}`;
    while (this.#hasNext(']')) out += `,${this.#value(depth)}`;
    return `${out}]`;
  }

  /** Takes the opening bracket and shows what follows. */
  #enter(depth: number): string | undefined {
    if (depth > MAX_JSON_DEPTH) {
      throw new ProofError('too-large', `JSON is nested deeper than ${MAX_JSON_DEPTH} levels.`);
    }
    this.#at++;
    return this.#peek();
  }

  /** Takes a comma (true) or the closing bracket (false). */
  #hasNext(close: '}' | ']'): boolean {
    const next = this.#peek();
    this.#at++;
    if (next === ',') return true;
    if (next === close) return false;
    throw this.#malformed();
  }

  /** Takes a string: its value as a name, and its canonical literal. */
  #string(): { name: string; token: string } {
    const begin = this.#at;
    let end = this.#text.indexOf('"', begin + 1);
    if (end < 0) throw this.#malformed();
    const name = this.#text.slice(begin + 1, end);
    if (!NEEDS_DECODING.test(name)) {
      this.#at = end + 1;
      return { name, token: this.#text.slice(begin, end + 1) };
    }
    for (end = begin + 1; this.#text.charCodeAt(end) !== QUOTE; end++) {
      if (this.#text.charCodeAt(end) === BACKSLASH) end++;
      if (end >= this.#text.length) throw this.#malformed();
    }
    const decoded = this.#decode(this.#text.slice(begin, end + 1));
    this.#at = end + 1;
    return { name: decoded, token: writeString(decoded) };
  }

  #decode(literal: string): string {
    try {
      return String(JSON.parse(literal));
    } catch (cause) {
      throw this.#malformed(cause);
    }
  }

  #literal(word: 'true' | 'false' | 'null'): string {
    if (!this.#text.startsWith(word, this.#at)) throw this.#malformed();
    this.#at += word.length;
    return word;
  }

  #number(): string {
    NUMBER.lastIndex = this.#at;
    if (!NUMBER.test(this.#text)) throw this.#malformed();
    const begin = this.#at;
    this.#at = NUMBER.lastIndex;
    return this.#text.slice(begin, this.#at);
  }

  #malformed(cause?: unknown): ProofError {
    return new ProofError('malformed', `Not valid JSON at character ${this.#at}.`, { cause });
  }
}

/** Sorts by UTF-16 code units (RFC 8785 §3.2.3). Throws `duplicate-name`; the name stays out of the message, it may be personal. */
function sortMembers(members: Member[]): void {
  members.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (let i = 1; i < members.length; i++) {
    if (members[i]?.name === members[i - 1]?.name) {
      throw new ProofError('duplicate-name', 'A JSON object names the same member twice.');
    }
  }
}
