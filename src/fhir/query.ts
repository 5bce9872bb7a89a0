import { FhirError } from './errors.ts';

/** Query parameters in the order given, decoded. */
export type Query = readonly (readonly [name: string, value: string])[];

/** As a query in a URL or as a form. */
const MAX_QUERY_CHARACTERS = 16_384; // what Node takes as headers anyway
/** Longer criteria would not fit into the link to their next page, which is a URL. */
const MAX_CRITERIA_CHARACTERS = 8_192; // half of Node's header limit; the rest is base64 and the access token

const NONE: Query = [];

/**
 * Query or form text into pairs. Repetition is kept: it means AND (FHIR R4 §search). Throws FhirError `invalid` on broken
 * percent-encoding, which a lenient decoder would turn into another question, and `too-large`.
 */
export function parseQuery(text: string): Query {
  if (text === '') return NONE;
  if (text.length > MAX_QUERY_CHARACTERS)
    throw new FhirError('too-large', `A query has at most ${MAX_QUERY_CHARACTERS} characters.`);
  const pairs: [string, string][] = [];
  for (const part of text.split('&')) {
    if (part === '') continue;
    const cut = part.indexOf('=');
    if (cut < 0) pairs.push([decoded(part), '']);
    else pairs.push([decoded(part.slice(0, cut)), decoded(part.slice(cut + 1))]);
  }
  return pairs;
}

function decoded(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw new FhirError('invalid', 'The query is not validly percent-encoded.', { cause });
  }
}

/** Throws FhirError `too-large` for criteria that no link to a next page could carry, whether or not there is one. */
export function requireLinkable(query: Query): void {
  let characters = 0;
  for (const [name, value] of query) characters += name.length + value.length;
  if (characters > MAX_CRITERIA_CHARACTERS)
    throw new FhirError('too-large', `Search criteria have at most ${MAX_CRITERIA_CHARACTERS} characters.`);
}

/** Pairs into query text. */
export function formatQuery(query: Query): string {
  return query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}

/** The value of a parameter that stands once; undefined when it is absent. Throws FhirError `search-invalid` when repeated. */
export function single(query: Query, wanted: string): string | undefined {
  let found: string | undefined;
  for (const [name, value] of query) {
    if (name !== wanted) continue;
    if (found !== undefined)
      throw new FhirError('search-invalid', `${wanted} is given once.`, { expression: wanted });
    found = value;
  }
  return found;
}
