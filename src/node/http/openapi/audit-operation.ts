import {
  inPath,
  inQuery,
  json,
  type OperationObject,
  operation,
  type ParameterObject,
  type Schema,
} from './operation-object.ts';
import { ID, LOGICAL_ID } from './scalars.ts';

/** The patient whose trail is asked for. */
export const patient = { ...inQuery('patient', LOGICAL_ID, 'Logical id of the Patient.'), required: true };
/** The patient, or everybody. */
export const ofPatient = inQuery(
  'patient',
  LOGICAL_ID,
  'Logical id of the Patient; everybody when left out.',
);
/** The beginning of a period. */
export const from = inQuery('from', { type: 'string', format: 'date' }, 'First day.');
/** Where a page begins. */
export const cursor = inQuery('cursor', { type: 'string' }, 'Opaque; "next" of the page before.');
/** Whether what is suspended is shown. */
export const suspended = inQuery(
  'suspended',
  { const: 'shown' },
  'For privacy officers: entries that an agency has suspended too.',
);
/** The id in the path. */
export const id = inPath('id', ID);

interface Described {
  readonly id: string;
  readonly summary: string;
  readonly parameters?: readonly ParameterObject[];
  readonly body?: Schema;
  readonly status?: 200 | 201;
  readonly answer?: Schema;
  readonly refusals?: readonly number[];
}

/** An operation of the audit desk: every one is for bearers, and says its refusals. */
export function audit({
  id: name,
  summary,
  parameters = [],
  body,
  status = 200,
  answer,
  refusals = [],
}: Described): OperationObject {
  return operation({
    id: name,
    tag: 'audit',
    summary,
    asker: 'bearer',
    ...(parameters.length === 0 ? {} : { parameters: [...parameters] }),
    ...(body === undefined ? {} : { body: json(body) }),
    answers: { [status]: ['Done.', json(answer ?? { type: 'object' })] },
    refusals: [...new Set([400, 401, 403, 422, 503, 507, ...refusals])],
  });
}
