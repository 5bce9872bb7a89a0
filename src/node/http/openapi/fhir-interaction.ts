import {
  type Content,
  content,
  type OperationObject,
  operation,
  type ParameterObject,
  ref,
} from './operation-object.ts';

/** Content of an answer that is an OperationOutcome. */
export const outcome: Content = content('application/fhir+json', ref('OperationOutcome'));

const REFUSALS: { readonly [status: number]: string } = {
  400: 'The request is malformed.',
  401: 'No token, or not a valid one of this organisation.',
  403: 'Not permitted.',
  404: 'Nothing here, or nothing for this asker: both look the same.',
  405: 'Not a method of this path.',
  406: 'JSON only.',
  409: 'It does not fit what is there now.',
  410: 'It was deleted or erased.',
  412: 'Another version is the newest, or several match.',
  413: 'The body is larger than this route takes.',
  415: 'JSON only.',
  422: 'Not valid FHIR R4, or a rule forbids it.',
  429: 'As many grants of one patient wait for the ledger as may.',
  503: 'Not now; try again.',
  507: 'The disk is full; reads go on.',
};
/** Statuses that any read may be refused with. */
export const READ_REFUSALS: readonly number[] = [400, 401, 403, 404, 406, 410, 503];
/** Statuses that any write may be refused with. */
export const WRITE_REFUSALS: readonly number[] = [400, 401, 403, 406, 409, 412, 413, 415, 422, 429, 503, 507];

/** What a FHIR interaction is made of; `refusals` are the statuses that come with an OperationOutcome. */
export interface Interaction {
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly public?: true;
  readonly parameters?: readonly ParameterObject[];
  readonly body?: Content;
  readonly answers: { readonly [status: string]: readonly [description: string, content?: Content] };
  readonly refusals: readonly number[];
}

/** The Operation Object of a FHIR interaction. */
export function interaction(parts: Interaction): OperationObject {
  const { id: name, public: open, answers, refusals, ...rest } = parts;
  const refused = refusals.map((status) => [
    String(status),
    [REFUSALS[status] ?? 'Refused.', outcome] as const,
  ]);
  return operation({
    ...rest,
    id: name,
    tag: 'fhir',
    asker: open === true ? 'public' : 'bearer',
    answers: { ...answers, ...Object.fromEntries(refused) },
  });
}
