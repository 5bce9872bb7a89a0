import { VERSION } from '../version.ts';
import { eventPaths } from './openapi/event-paths.ts';
import { fhirPaths } from './openapi/fhir-paths.ts';
import { logPaths } from './openapi/log-paths.ts';
import type { PathItem, Paths } from './openapi/operation-object.ts';
import { patientPaths } from './openapi/patient-paths.ts';
import { peoplePaths } from './openapi/people-paths.ts';
import { policyPaths } from './openapi/policy-paths.ts';
import { publicPaths } from './openapi/public-paths.ts';
import { schemas } from './openapi/schemas.ts';

/** What the document depends on. */
export interface OpenapiOptions {
  readonly publicUrl: string;
  /** Ids of the organisations hosted here. */
  readonly organisations: readonly string[];
  readonly demo: boolean;
}

/** An OpenAPI 3.1 document, as far as it is read here. */
export interface OpenapiDocument {
  readonly openapi: string;
  readonly paths: { readonly [path: string]: PathItem & { readonly parameters?: readonly object[] } };
  readonly [member: string]: unknown;
}

const TAGS = [
  { name: 'node', description: 'The process itself.' },
  { name: 'ledger', description: 'What the organisations agreed on.' },
  { name: 'proof', description: 'Logs, tiles, policies: all that a verifier needs, public.' },
  { name: 'sign-in', description: 'Tokens, and the pages on which people sign in and let apps in.' },
  { name: 'people', description: 'Own account and administration, through the portal.' },
  { name: 'fhir', description: 'HL7 FHIR R4.' },
  { name: 'consent', description: 'What patients permit, signed by keys of their own.' },
  { name: 'patient', description: "Patients' keys, and erasure." },
  { name: 'audit', description: 'Accounting, access log, requests of individuals, holds, flags.' },
  { name: 'exchange', description: 'Between members.' },
  { name: 'demo', description: 'Demo mode only.' },
];

const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A token of the organisation in the path.',
  },
  client: { type: 'http', scheme: 'basic', description: 'A registered machine client.' },
  messageSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'signature',
    description: "HTTP Message Signatures (RFC 9421) by a member's exchange-sign key.",
  },
};

/** `/openapi.json`: every route of a node (OpenAPI 3.1). */
export function openapiDocument({ publicUrl, organisations, demo }: OpenapiOptions): OpenapiDocument {
  const organisation = { name: 'org', in: 'path', required: true, schema: { enum: [...organisations] } };
  const own: Paths = {
    ...logPaths,
    ...fhirPaths,
    ...eventPaths,
    ...patientPaths,
    ...peoplePaths,
    ...policyPaths,
  };
  return {
    openapi: '3.1.1',
    info: {
      title: 'Holdfast',
      version: VERSION,
      summary: 'A permissioned health-data ledger network.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    tags: demo ? TAGS : TAGS.filter(({ name }) => name !== 'demo'),
    paths: {
      ...publicPaths(demo),
      ...Object.fromEntries(
        Object.entries(own).map(([path, item]) => [
          `/orgs/{org}${path}`,
          { parameters: [organisation], ...item },
        ]),
      ),
    },
    components: { schemas, securitySchemes },
  };
}

/** A route as Fastify registers it: `:name` for a parameter, a final `*` for the rest. */
export interface RegisteredRoute {
  readonly method: string | readonly string[];
  readonly url: string;
}

/** Pages and files of the portal are documents for people, not an interface. */
const PORTAL =
  /^\/($|\*|assets\/|index\.html|icon\.svg|licences\.txt|patient($|\/)|care($|\/)|compliance($|\/)|sign-in$|signed-in$|account$|administration$)/;
/** Answered by the server for every GET, and described with it. */
const IMPLIED = new Set(['HEAD', 'OPTIONS']);

/** Below a FHIR base one handler reads the path: how its routes are cut says nothing about what it serves. */
const BASE = /^\/orgs\/\{\}\/fhir(?=\/|$)/;

/** A path with every parameter, of either notation, reduced to `{}`, and the organisation's prefix to `/orgs/{}`. */
const shape = (path: string): string =>
  path
    .replace(/^\/orgs\/[^/]+/, '/orgs/{}')
    .replace(/\{[^}]+\}|:[^/]+/g, '{}')
    .replace(/(.)\/$/, '$1');

/** Registered routes, as `METHOD /path`, that the document says nothing about; empty when it is complete. */
export function undocumentedRoutes(document: OpenapiDocument, routes: readonly RegisteredRoute[]): string[] {
  const documented = Object.entries(document.paths).map(([path, item]) => ({ path: shape(path), item }));
  const described = (method: string, url: string): boolean => {
    const wanted = shape(url);
    const base = BASE.exec(wanted)?.[0] ?? (wanted.endsWith('*') ? wanted.slice(0, -1) : undefined);
    return documented.some(
      ({ path, item }) =>
        method.toLowerCase() in item && (base === undefined ? path === wanted : path.startsWith(base)),
    );
  };
  const missing = routes.flatMap(({ method, url }) =>
    [method]
      .flat()
      .filter((each) => !IMPLIED.has(each) && !PORTAL.test(url) && !described(each, url))
      .map((each) => `${each} ${url}`),
  );
  return [...new Set(missing)];
}
