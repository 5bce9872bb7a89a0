import { interaction, outcome, READ_REFUSALS, WRITE_REFUSALS } from './fhir-interaction.ts';
import { content, inPath, inQuery, type ParameterObject, type Paths, ref } from './operation-object.ts';
import { LOGICAL_ID } from './scalars.ts';

const FHIR_JSON = 'application/fhir+json';
const resource = content(FHIR_JSON, ref('Resource'));
const bundle = content(FHIR_JSON, ref('Bundle'));
const receipt = {
  ...content('application/vnd.holdfast.receipt+json', ref('Receipt')),
  ...content('text/plain', { type: 'string', description: 'The proof alone.' }),
};

const type = inPath('type', { type: 'string', pattern: '^[A-Z][A-Za-z]+$' }, 'An R4 resource type.');
const id = inPath('id', LOGICAL_ID);
const version = inPath('version', { type: 'integer', minimum: 1 });
const header = (name: string, description: string): ParameterObject => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string' },
});
const ifMatch = header('If-Match', 'W/"<version>": refused with 412 when another is the newest.');
const ifNoneExist = header('If-None-Exist', 'A search: nothing is created when it finds one.');
const page = [
  inQuery('_count', { type: 'integer', minimum: 0, maximum: 1000 }, 'Entries of a page.'),
  inQuery('_page', { type: 'string' }, 'Opaque; taken from a link of the page before.'),
];

const search = {
  summary: 'Search (FHIR R4 §http-search)',
  description:
    'The search parameters of R4 that the index can answer; anything else is refused, never ignored.',
  refusals: READ_REFUSALS,
} as const;

const typePaths: Paths = {
  '/fhir/{type}': {
    get: interaction({
      ...search,
      id: 'search',
      parameters: [type, ...page],
      answers: { 200: ['A page.', bundle] },
    }),
    post: interaction({
      id: 'create',
      summary: 'Create',
      parameters: [type, ifNoneExist],
      body: resource,
      answers: { 201: ['Created; Location names it.', resource], 200: ['If-None-Exist found it.', resource] },
      refusals: WRITE_REFUSALS,
    }),
    put: interaction({
      id: 'conditionalUpdate',
      summary: 'Update what a search finds, else create',
      parameters: [type, ifMatch],
      body: resource,
      answers: { 200: ['Updated.', resource], 201: ['Created.', resource] },
      refusals: WRITE_REFUSALS,
    }),
  },
  '/fhir/{type}/_search': {
    post: interaction({
      ...search,
      id: 'searchByPost',
      parameters: [type],
      body: content('application/x-www-form-urlencoded', { type: 'object' }),
      answers: { 200: ['A page.', bundle] },
    }),
  },
  '/fhir/{type}/_history': {
    get: interaction({
      id: 'typeHistory',
      summary: 'Versions of a type, newest first',
      parameters: [type, ...page],
      answers: { 200: ['A page.', bundle] },
      refusals: READ_REFUSALS,
    }),
  },
  '/fhir/{type}/$validate': {
    post: interaction({
      id: 'validate',
      summary: 'Whether a resource would be taken',
      parameters: [type],
      body: resource,
      answers: { 200: ['What was found.', outcome] },
      refusals: [400, 401, 403, 406, 413, 415],
    }),
  },
};

const instancePaths: Paths = {
  '/fhir/{type}/{id}': {
    get: interaction({
      id: 'read',
      summary: 'Read',
      parameters: [type, id],
      answers: { 200: ['The newest version.', resource] },
      refusals: READ_REFUSALS,
    }),
    put: interaction({
      id: 'update',
      summary: 'Update, or create with this id',
      parameters: [type, id, ifMatch],
      body: resource,
      answers: { 200: ['Updated.', resource], 201: ['Created.', resource] },
      refusals: WRITE_REFUSALS,
    }),
    delete: interaction({
      id: 'delete',
      summary: 'Delete: later reads answer 410, earlier versions stay',
      parameters: [type, id, ifMatch],
      answers: { 204: ['Deleted.'] },
      refusals: [...READ_REFUSALS, 409, 412, 422, 507],
    }),
    patch: interaction({
      id: 'patch',
      summary: 'Not offered',
      parameters: [type, id],
      answers: {},
      refusals: [401, 405],
    }),
  },
  '/fhir/{type}/{id}/_history': {
    get: interaction({
      id: 'instanceHistory',
      summary: 'Versions of one resource, newest first',
      parameters: [type, id, ...page],
      answers: { 200: ['A page.', bundle] },
      refusals: READ_REFUSALS,
    }),
  },
  '/fhir/{type}/{id}/_history/{version}': {
    get: interaction({
      id: 'vread',
      summary: 'One version',
      parameters: [type, id, version],
      answers: { 200: ['The version.', resource] },
      refusals: READ_REFUSALS,
    }),
  },
};

const receiptAnswers = {
  200: ['The receipt.', receipt],
  202: ['Logged, and not yet under a cosigned checkpoint: ask again after Retry-After.', outcome],
} as const;

const operationPaths: Paths = {
  '/fhir/{type}/{id}/$receipt': {
    get: interaction({
      id: 'receipt',
      summary: 'Receipt of the newest version; waits up to 3 s for a cosigned checkpoint',
      parameters: [type, id],
      answers: receiptAnswers,
      refusals: READ_REFUSALS,
    }),
  },
  '/fhir/{type}/{id}/_history/{version}/$receipt': {
    get: interaction({
      id: 'versionReceipt',
      summary: 'Receipt of one version',
      parameters: [type, id, version],
      answers: receiptAnswers,
      refusals: READ_REFUSALS,
    }),
  },
  '/fhir/{type}/{id}/$validate': {
    post: interaction({
      id: 'validateUpdate',
      summary: 'Whether a resource would be taken as an update',
      parameters: [type, id],
      body: resource,
      answers: { 200: ['What was found.', outcome] },
      refusals: [400, 401, 403, 404, 406, 413, 415],
    }),
  },
  '/fhir/Patient/{id}/$everything': {
    get: interaction({
      id: 'everything',
      summary: "A patient's record at this organisation",
      parameters: [id, ...page],
      answers: { 200: ['A page.', bundle] },
      refusals: READ_REFUSALS,
    }),
  },
  '/fhir/Patient/{id}/$network-everything': {
    get: interaction({
      id: 'networkEverything',
      summary: "A patient's record at every member that permits it, each entry with its receipt",
      description:
        'One outcome entry for each other active member; application/fhir+ndjson streams the same.',
      parameters: [id],
      answers: {
        200: ['A searchset.', { ...bundle, ...content('application/fhir+ndjson', { type: 'string' }) }],
      },
      refusals: READ_REFUSALS,
    }),
  },
  '/fhir/$import': {
    post: interaction({
      id: 'import',
      summary: 'One unit of an import: a resource, or a transaction or batch Bundle, with its own ids',
      parameters: [
        inQuery('store-bundles', { type: 'boolean' }, 'Stores Bundles instead of executing them.'),
      ],
      body: resource,
      answers: { 200: ['What was stored, unchanged or refused.', content(FHIR_JSON, { type: 'object' })] },
      refusals: WRITE_REFUSALS,
    }),
  },
};

/** The FHIR base of one organisation, below `/orgs/{org}`. */
export const fhirPaths: Paths = {
  '/fhir': {
    post: interaction({
      id: 'bundle',
      summary: 'transaction or batch Bundle',
      body: bundle,
      answers: { 200: ['An entry for each entry.', bundle] },
      refusals: WRITE_REFUSALS,
    }),
    get: interaction({
      id: 'page',
      summary: 'A further page of a search or history',
      parameters: page.slice(1),
      answers: { 200: ['A page.', bundle] },
      refusals: READ_REFUSALS,
    }),
  },
  '/fhir/metadata': {
    get: interaction({
      id: 'metadata',
      summary: 'CapabilityStatement',
      public: true,
      answers: { 200: ['What the server can do.', resource] },
      refusals: [406],
    }),
  },
  ...typePaths,
  ...instancePaths,
  ...operationPaths,
};
