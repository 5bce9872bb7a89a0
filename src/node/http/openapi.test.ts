import { expect, test } from 'vitest';
import { openapiDocument, undocumentedRoutes } from './openapi.ts';

const organisations = ['st-mary', 'lakeside'];
const document = openapiDocument({ publicUrl: 'http://localhost:8471', organisations, demo: true });
const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  METHODS.flatMap((method) => {
    const operation = item[method];
    return operation === undefined ? [] : [{ path, item, method, operation }];
  }),
);

/** Every `$ref` below a value. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  );
}

test('a route that nobody described is named', () => {
  const routes = [
    { method: 'GET', url: '/orgs/st-mary/secret' },
    { method: ['POST', 'HEAD'], url: '/health' },
    { method: 'GET', url: '/orgs/lakeside/undocumented/*' },
  ];
  expect(undocumentedRoutes(document, routes)).toEqual([
    'GET /orgs/st-mary/secret',
    'POST /health',
    'GET /orgs/lakeside/undocumented/*',
  ]);
});

test('a described route is found in either notation, whichever organisation has it', () => {
  const routes = [
    { method: 'GET', url: '/health' },
    { method: 'GET', url: '/ledger/blocks/:height' },
    { method: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'], url: '/orgs/st-mary/fhir/*' },
    { method: 'PUT', url: '/orgs/lakeside/patients/:patient/key' },
    { method: 'GET', url: '/orgs/lakeside/log/mirror/:owner/*' },
    { method: 'GET', url: '/assets/index.js' },
  ];
  expect(undocumentedRoutes(document, routes)).toEqual([]);
});

test('without demo mode nobody is told of its routes', () => {
  const other = openapiDocument({ publicUrl: 'https://clinic.example', organisations, demo: false });
  expect(Object.keys(other.paths).filter((path) => path.startsWith('/demo'))).toEqual([]);
  expect(JSON.stringify(other)).not.toContain('"name":"demo"');
});

test('every reference leads to a schema, and every schema is referred to', () => {
  const { schemas } = document.components as { schemas: Record<string, object> };
  const named = [...new Set(references(document))].map((each) => each.replace('#/components/schemas/', ''));
  expect(named.filter((name) => !(name in schemas))).toEqual([]);
  expect(Object.keys(schemas).filter((name) => !named.includes(name))).toEqual([]);
});

test('every parameter of a path is described once, and no other', () => {
  for (const { path, item, operation } of operations) {
    const wanted = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
    const all = [...(item.parameters ?? []), ...(operation.parameters ?? [])] as {
      name: string;
      in: string;
    }[];
    const described = all.filter((each) => each.in === 'path').map(({ name }) => name);
    expect([...described].sort(), path).toEqual([...wanted].sort());
  }
});

test('operations have unique ids, a known tag and security scheme, and an answer', () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const tags = (document.tags as { name: string }[]).map(({ name }) => name);
  const { securitySchemes } = document.components as { securitySchemes: object };
  for (const { path, operation } of operations) {
    expect(tags, path).toContain(operation.tags[0]);
    expect(Object.keys(operation.responses).length, path).toBeGreaterThan(0);
    for (const scheme of operation.security.flatMap((each) => Object.keys(each))) {
      expect(Object.keys(securitySchemes), path).toContain(scheme);
    }
  }
});

test('the organisations of the path are those hosted here', () => {
  expect(document.paths['/orgs/{org}/fhir']?.parameters).toEqual([
    { name: 'org', in: 'path', required: true, schema: { enum: organisations } },
  ]);
});
