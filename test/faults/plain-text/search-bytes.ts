import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Term } from './terms.ts';

/** A term that was found, where, and in which form. */
export interface Finding {
  readonly place: string;
  readonly term: Term;
  readonly form: string;
}

/** A text as it could stand in a file without anybody meaning to hide it. */
function formsOf(text: string): [form: string, bytes: Buffer][] {
  const utf8 = Buffer.from(text, 'utf8');
  const forms: [string, Buffer][] = [
    ['utf-8', utf8],
    ['utf-16le', Buffer.from(text, 'utf16le')],
    ['utf-16be', Buffer.from(text, 'utf16le').swap16()],
    ['hex', Buffer.from(utf8.toString('hex'))],
    ['hex, upper case', Buffer.from(utf8.toString('hex').toUpperCase())],
    ['lower case', Buffer.from(text.toLowerCase(), 'utf8')],
    ['without accents', Buffer.from(text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase(), 'utf8')],
    ['percent-encoded', Buffer.from(encodeURIComponent(text))],
    ['JSON-escaped', Buffer.from(JSON.stringify(text).slice(1, -1))],
  ];
  // Base64 of a longer text shows a part of it in one of three alignments; the ends depend on the neighbours.
  for (let lead = 0; lead < 3; lead++) {
    for (const encoding of ['base64', 'base64url'] as const) {
      const whole = Buffer.concat([Buffer.alloc(lead), utf8, Buffer.alloc(3)]).toString(encoding);
      const first = Math.ceil((lead * 8) / 6);
      const last = Math.floor(((lead + utf8.length) * 8) / 6);
      const inner = whole.slice(first, last);
      if (inner.length >= 8) forms.push([`${encoding} at ${lead}`, Buffer.from(inner)]);
    }
  }
  return forms;
}

/** The least that a digest or a key in hexadecimal has. */
const DIGEST_DIGITS = 32; // 128 bits
/** As many digits still meet by chance; the shortest term that was written in hexadecimal has twelve. */
const MAX_BY_CHANCE = 11;
const isHex = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66));

/** Whether bytes are hexadecimal digits in the midst of many more: six decimal digits meet by chance once in 16⁶ places of a digest. */
function isInDigest(content: Buffer, at: number, length: number): boolean {
  if (length > MAX_BY_CHANCE) return false;
  let first = at;
  while (isHex(content[first - 1])) first -= 1;
  let last = first;
  while (isHex(content[last])) last += 1;
  return last >= at + length && last - first >= DIGEST_DIGITS;
}

/** Every form of every term by its first four bytes: one pass over a file finds them all. */
class Index {
  readonly #byHead = new Map<number, { bytes: Buffer; term: Term; form: string }[]>();
  readonly #heads = new Uint8Array(1 << 24);

  constructor(terms: readonly Term[]) {
    const seen = new Set<string>();
    for (const term of terms) {
      for (const [form, bytes] of formsOf(term.text)) {
        if (bytes.length < 6 || seen.has(bytes.toString('latin1'))) continue;
        seen.add(bytes.toString('latin1'));
        const head = bytes.readUInt32LE(0);
        const known = this.#byHead.get(head);
        if (known === undefined) this.#byHead.set(head, [{ bytes, term, form }]);
        else known.push({ bytes, term, form });
        this.#heads[head & 0xff_ff_ff] = 1;
      }
    }
  }

  find(place: string, content: Buffer): Finding[] {
    const findings: Finding[] = [];
    for (let at = 0; at + 4 <= content.length; at++) {
      const low = (content[at] ?? 0) | ((content[at + 1] ?? 0) << 8) | ((content[at + 2] ?? 0) << 16);
      if (this.#heads[low] === 0) continue;
      for (const { bytes, term, form } of this.#byHead.get(content.readUInt32LE(at)) ?? [])
        if (content.subarray(at, at + bytes.length).equals(bytes) && !isInDigest(content, at, bytes.length))
          findings.push({ place, term, form });
    }
    return findings;
  }
}

/** What of the terms stands in any file below a folder, or in the given texts, in the clear or thinly veiled. */
export function searchBytes(
  terms: readonly Term[],
  folder: string,
  texts: Readonly<Record<string, string>>,
): { findings: Finding[]; files: number; sizeBytes: number } {
  const index = new Index(terms);
  const findings = Object.entries(texts).flatMap(([name, text]) => index.find(name, Buffer.from(text)));
  let files = 0;
  let sizeBytes = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    findings.push(...index.find('a file name', Buffer.from(name)));
    const path = join(folder, name);
    if (!statSync(path).isFile()) continue;
    const content = readFileSync(path);
    files += 1;
    sizeBytes += content.length;
    findings.push(...index.find(name, content));
  }
  return { findings, files, sizeBytes };
}
