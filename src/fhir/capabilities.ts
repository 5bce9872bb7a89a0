import { resourceTypes, type SearchParameter, searchParameters, searchParametersFor } from '../r4/index.ts';
import type { Answer } from './context.ts';
import type { Operation } from './operation.ts';
import type { FhirServices } from './services.ts';

/** When the set of interactions last changed; CapabilityStatement.date (FHIR R4 §capabilitystatement). */
const STATEMENT_DATE = '2026-11-23';

const READS = ['read', 'vread', 'history-instance', 'history-type', 'search-type'];
const WRITES = ['create', 'update', 'delete'];

const named = ({ name, definition }: Operation) => ({ name, definition });
const references = (type: string): SearchParameter[] =>
  [...searchParameters(type).values()].filter((parameter) => parameter.type === 'reference');

/** `Type:parameter` of every reference that names the type among a few: what `_revinclude` is asked for. */
function reverseIncludes(type: string): string[] {
  return resourceTypes().flatMap((source) =>
    references(source)
      .filter(({ targets }) => targets.includes(type))
      .map(({ name }) => `${source}:${name}`),
  );
}

/** A member of an object unless its list is empty, which FHIR JSON leaves out. */
const list = (name: string, values: readonly unknown[]) => (values.length === 0 ? {} : { [name]: values });

function resourceOf(type: string, services: FhirServices): object {
  const isWritable = type !== 'AuditEvent';
  const isConditional = isWritable && type !== 'Consent';
  const operations = services.operations.filter(
    ({ types, levels }) =>
      levels.some((level) => level !== 'system') && (types.length === 0 || types.includes(type)),
  );
  return {
    type,
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    interaction: [...READS, ...(isWritable ? WRITES : [])].map((code) => ({ code })),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: isWritable,
    conditionalCreate: isConditional,
    conditionalRead: 'not-match',
    conditionalUpdate: isConditional,
    conditionalDelete: 'not-supported',
    ...list(
      'searchInclude',
      references(type).map(({ name }) => `${type}:${name}`),
    ),
    ...list('searchRevInclude', reverseIncludes(type)),
    searchParam: searchParametersFor(type).map(({ name, url, type: kind }) => ({
      name,
      definition: url,
      type: kind,
    })),
    ...list('operation', operations.map(named)),
  };
}

const SECURITY = {
  cors: false,
  service: [
    {
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/restful-security-service',
          code: 'SMART-on-FHIR',
        },
      ],
      text: 'OAuth 2.0 with SMART scopes',
    },
  ],
};

function statement(services: FhirServices): string {
  const atSystem = services.operations.filter(({ levels }) => levels.includes('system'));
  return JSON.stringify({
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: STATEMENT_DATE,
    kind: 'instance',
    software: { name: 'Holdfast' },
    implementation: { description: `Holdfast node of ${services.organisation}`, url: services.baseUrl },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    rest: [
      {
        mode: 'server',
        security: SECURITY,
        resource: resourceTypes().map((type) => resourceOf(type, services)),
        interaction: [{ code: 'transaction' }, { code: 'batch' }],
        ...list('operation', atSystem.map(named)),
      },
    ],
  });
}

const built = new WeakMap<FhirServices, string>();

/** FHIR R4 §http-capabilities: what this server does, and nothing that it does not. Built once per organisation. */
export function capabilities(services: FhirServices): Answer {
  let text = built.get(services);
  if (text === undefined) {
    text = statement(services);
    built.set(services, text);
  }
  return { status: 200, body: text, headers: {} };
}
