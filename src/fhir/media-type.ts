import { FhirError } from './errors.ts';
import type { Interaction } from './interaction.ts';
import type { Operation } from './operation.ts';
import { type Query, single } from './query.ts';

/** Media type of FHIR JSON (FHIR R4 §http-mime-type). */
export const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** Media type of a receipt (FORMATS §2). */
export const RECEIPT_TYPE = 'application/vnd.holdfast.receipt+json';

/** What JSON is called: as `_format`, in Accept and in Content-Type. */
const JSON_NAMES: ReadonlySet<string> = new Set([
  'application/fhir+json',
  'application/json',
  'text/json',
  'json',
]);
const WILDCARDS: ReadonlySet<string> = new Set(['*/*', 'application/*', 'text/*']);
const FORM = 'application/x-www-form-urlencoded';
const NEVER = /;\s*q=0(\.0*)?\s*(;|$)/i;
const NOT_UTF8 = /;\s*charset\s*=\s*(?!"?utf-?8"?\s*(;|$))/i;

/** A media type without its parameters, in lower case. */
export function typeAlone(text: string): string {
  const cut = text.indexOf(';');
  return (cut < 0 ? text : text.slice(0, cut)).trim().toLowerCase();
}

/** Whether an Accept header takes one of the media types; one that is absent or empty takes any. */
export function accepts(accept: string | undefined, types: ReadonlySet<string>): boolean {
  if (accept === undefined || accept === '' || JSON_NAMES.has(accept)) return true;
  return accept.split(',').some((part) => {
    const type = typeAlone(part);
    return !NEVER.test(part) && (types.has(type) || WILDCARDS.has(type));
  });
}

/** What a request says of media types. */
export interface MediaHead {
  readonly accept: string | undefined;
  /** Of the body, where there is one. */
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
}

function produced(interaction: Interaction, operations: readonly Operation[]): ReadonlySet<string> {
  const extra =
    interaction.kind === 'operation'
      ? operations.find(({ name }) => name === interaction.name)?.produces
      : undefined;
  return extra === undefined ? JSON_NAMES : new Set([...JSON_NAMES, ...extra]);
}

/** Throws FhirError `not-acceptable` when the answer, or `unsupported-media-type` when the body, would not be JSON (FHIR R4 §http-mime-type). */
export function requireMediaTypes(
  { accept, contentType, contentEncoding }: MediaHead,
  interaction: Interaction,
  query: Query,
  operations: readonly Operation[],
): void {
  const format = query.length === 0 ? undefined : single(query, '_format');
  const fine =
    format === undefined
      ? accepts(accept, produced(interaction, operations))
      : JSON_NAMES.has(typeAlone(format));
  if (!fine) throw new FhirError('not-acceptable', 'This server answers JSON only.');
  if (contentEncoding !== undefined && contentEncoding !== 'identity')
    throw new FhirError('unsupported-media-type', 'This server takes bodies that are not compressed.');
  if (contentType === undefined) return;
  const form = interaction.kind === 'search' || interaction.kind === 'page';
  const type = typeAlone(contentType);
  if ((!JSON_NAMES.has(type) && !(form && type === FORM)) || NOT_UTF8.test(contentType))
    throw new FhirError('unsupported-media-type', 'This server takes JSON in UTF-8 only.');
}
