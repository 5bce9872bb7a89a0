import { resourceTypes, searchParameters } from '../r4/index.ts';
import type { Answer } from './context.ts';
import type { FhirServices } from './services.ts';

/** When the set of interactions last changed; CapabilityStatement.date (FHIR R4 §capabilitystatement). */
const STATEMENT_DATE = '2026-11-23';

const READS = ['read', 'vread', 'history-instance', 'history-type', 'search-type'];
const WRITES = ['create', 'update', 'delete'];

const interactionsOf = (type: string) => (type === 'AuditEvent' ? READS : [...READS, ...WRITES]);

function resourceOf(type: string, services: FhirServices): object {
  const writable = type !== 'AuditEvent';
  const parameters = [...searchParameters(type).values()];
  const references = parameters.filter((parameter) => parameter.type === 'reference');
  const operations = services.operations.filter(
    (each) => each.types.length === 0 || each.types.includes(type),
  );
  return {
    type,
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    interaction: interactionsOf(type).map((code) => ({ code })),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: writable,
    conditionalCreate: writable && type !== 'Consent',
    conditionalRead: 'not-match',
    conditionalUpdate: writable && type !== 'Consent',
    conditionalDelete: 'not-supported',
    ...(references.length === 0
      ? {}
      : { searchInclude: references.map((parameter) => `${type}:${parameter.name}`) }),
    searchParam: parameters.map(({ name, type: kind }) => ({ name, type: kind })),
    ...(operations.length === 0
      ? {}
      : { operation: operations.map(({ name, definition }) => ({ name, definition })) }),
  };
}

const built = new WeakMap<FhirServices, string>();

function statement(services: FhirServices): string {
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
        security: {
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
        },
        resource: resourceTypes().map((type) => resourceOf(type, services)),
        interaction: [{ code: 'transaction' }, { code: 'batch' }],
      },
    ],
  });
}

/** FHIR R4 §http-capabilities: what this server does, and nothing that it does not. Built once per organisation. */
export function capabilities(services: FhirServices): Answer {
  let text = built.get(services);
  if (text === undefined) {
    text = statement(services);
    built.set(services, text);
  }
  return { status: 200, body: text, headers: {} };
}
