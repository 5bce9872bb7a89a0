import { content, inQuery, operation, type Paths } from './operation-object.ts';
import { LOGICAL_ID } from './scalars.ts';

const stream = content('text/event-stream', {
  type: 'string',
  description:
    'Server-sent events (WHATWG HTML §9.2). `create`, `update`, `delete`: data is `{ reference, lastUpdated }`, the reference ' +
    'that of a version. `end`: data is `{ code, detail }`, and nothing follows.',
});

/** What is told of as it happens, below `/orgs/{org}`. */
export const eventPaths: Paths = {
  '/events': {
    get: operation({
      id: 'events',
      tag: 'fhir',
      summary:
        'Server-sent events: which versions are written that the asker may read, decided anew for each',
      asker: 'bearer',
      parameters: [
        inQuery(
          'type',
          { type: 'string', pattern: '^[A-Z][A-Za-z]+(,[A-Z][A-Za-z]+)*$' },
          'Resource types, with commas or repeated; all but AuditEvent when left out.',
        ),
        inQuery('patient', LOGICAL_ID, 'Logical id of the Patient in whose compartment a version is.'),
        {
          name: 'Last-Event-ID',
          in: 'header',
          schema: { type: 'string' },
          description:
            'The id of the last event that arrived: what came after it is told. Valid for a day, for the same asker.',
        },
      ],
      answers: { 200: ['A stream, for an hour at most.', stream] },
      refusals: [400, 401, 403, 410, 413, 429, 503, 507],
    }),
  },
};
