import { eventRows } from './event-rows.ts';
import { audited, hidden, open, type Probe, probe, type Row, silent } from './row.ts';
import { peopleRows, signInRows } from './sign-in-rows.ts';

const FHIR = '/fhir';
const bundle = (...urls: string[]) => ({
  resourceType: 'Bundle',
  type: 'batch',
  entry: urls.map((url) => ({ request: { method: 'GET', url } })),
});

/** Searches of every kind that could tell of the patient. */
const searches: Probe[] = [
  probe('by id', (t) => `${FHIR}/Patient?_id=${t.patient}`),
  probe('by name', (t) => `${FHIR}/Patient?family=${t.family}`),
  probe('by identifier', (t) => `${FHIR}/Patient?identifier=urn:test:leaks|${t.identifier}`),
  probe('by patient', (t) => `${FHIR}/Observation?patient=${t.patient}`),
  probe('_total', (t) => `${FHIR}/Observation?patient=${t.patient}&_total=accurate`),
  probe('_summary=count', (t) => `${FHIR}/Observation?patient=${t.patient}&_summary=count`),
  probe('_include', (t) => `${FHIR}/Observation?_id=${t.observation}&_include=Observation:subject`),
  probe('_revinclude', (t) => `${FHIR}/Patient?_id=${t.patient}&_revinclude=Observation:subject`),
  probe('a chain', (t) => `${FHIR}/Observation?subject:Patient.family=${t.family}`),
  probe('_has', (t) => `${FHIR}/Patient?_has:Observation:patient:_id=${t.observation}`),
  probe('sorted', (t) => `${FHIR}/Observation?patient=${t.patient}&_sort=-_lastUpdated&_count=1`),
  probe('_elements', (t) => `${FHIR}/Patient?_id=${t.patient}&_elements=name`),
  probe('Consent by patient', (t) => `${FHIR}/Consent?patient=${t.patient}`),
  probe('Consent by id', (t) => `${FHIR}/Consent?_id=${t.consent}`),
];

const fhir: Row[] = [
  hidden('GET /fhir/{type}', ...searches),
  hidden(
    'POST /fhir/{type}/_search',
    probe('by name', () => `${FHIR}/Patient/_search`, { body: (t) => `family=${t.family}` }),
  ),
  hidden(
    'GET /fhir/{type}/{id}',
    probe('Patient', (t) => `${FHIR}/Patient/${t.patient}`),
    probe('Observation', (t) => `${FHIR}/Observation/${t.observation}`),
    probe('Consent', (t) => `${FHIR}/Consent/${t.consent}`),
    probe('by entity tag', (t) => `${FHIR}/Patient/${t.patient}`, {
      headers: () => ({ 'if-none-match': 'W/"1"' }),
    }),
  ),
  hidden(
    'GET /fhir/{type}/{id}/_history/{version}',
    probe('the first', (t) => `${FHIR}/Patient/${t.patient}/_history/1`),
    probe('one that is not there', (t) => `${FHIR}/Patient/${t.patient}/_history/7`),
  ),
  hidden(
    'GET /fhir/{type}/{id}/_history',
    probe('of the patient', (t) => `${FHIR}/Patient/${t.patient}/_history`),
    probe('of a record', (t) => `${FHIR}/Observation/${t.observation}/_history`),
  ),
  silent(
    'GET /fhir/{type}/_history',
    probe('of patients', () => `${FHIR}/Patient/_history?_count=1000`),
    probe('of observations', () => `${FHIR}/Observation/_history?_count=1000`),
  ),
  hidden(
    'GET /fhir/{type}/{id}/$receipt',
    probe('of a record', (t) => `${FHIR}/Observation/${t.observation}/$receipt`),
  ),
  hidden(
    'GET /fhir/{type}/{id}/_history/{version}/$receipt',
    probe('of a version', (t) => `${FHIR}/Patient/${t.patient}/_history/1/$receipt`),
  ),
  hidden(
    'GET /fhir/Patient/{id}/$everything',
    probe('of the patient', (t) => `${FHIR}/Patient/${t.patient}/$everything`),
  ),
  hidden(
    'GET /fhir/Patient/{id}/$network-everything',
    probe('of the patient', (t) => `${FHIR}/Patient/${t.patient}/$network-everything`),
  ),
  hidden(
    'POST /fhir',
    probe('a batch of reads', () => FHIR, {
      body: (t) =>
        bundle(
          `Patient/${t.patient}`,
          `Observation/${t.observation}`,
          `Observation?patient=${t.patient}&_summary=count`,
          `Patient?family=${t.family}`,
        ),
    }),
  ),
  audited(
    'PUT /fhir/{type}',
    probe('a conditional update', (t) => `${FHIR}/Patient?identifier=urn:test:leaks|${t.identifier}`, {
      body: () => ({ resourceType: 'Patient', name: [{ family: 'Other' }] }),
    }),
  ),
  audited(
    'PUT /fhir/{type}/{id}',
    probe('with an entity tag', (t) => `${FHIR}/Patient/${t.patient}`, {
      body: (t) => ({ resourceType: 'Patient', id: t.patient }),
      headers: () => ({ 'if-match': 'W/"9"' }),
    }),
  ),
  audited(
    'POST /fhir/{type}',
    probe('a conditional create', () => `${FHIR}/Patient`, {
      body: () => ({ resourceType: 'Patient' }),
      headers: (t) => ({ 'if-none-exist': `identifier=urn:test:leaks|${t.identifier}` }),
    }),
  ),
  hidden(
    'DELETE /fhir/{type}/{id}',
    probe('a record', (t) => `${FHIR}/Observation/${t.observation}`),
  ),
  hidden(
    'PATCH /fhir/{type}/{id}',
    probe('a record', (t) => `${FHIR}/Observation/${t.observation}`, { body: () => [] }),
  ),
  silent(
    'POST /fhir/{type}/$validate',
    probe('a resource', () => `${FHIR}/Patient/$validate`, { body: () => ({ resourceType: 'Patient' }) }),
  ),
  hidden(
    'POST /fhir/{type}/{id}/$validate',
    probe('against one that is there', (t) => `${FHIR}/Patient/${t.patient}/$validate`, {
      body: (t) => ({ resourceType: 'Patient', id: t.patient }),
    }),
  ),
  silent(
    'POST /fhir/$import',
    probe('nothing', () => `${FHIR}/$import`, { body: () => ({}) }),
  ),
  silent(
    'GET /fhir',
    probe('everything', () => `${FHIR}?_count=1000`),
  ),
  open('GET /fhir/metadata', `${FHIR}/metadata`),
];

const patientRoutes: Row[] = [
  audited(
    'GET /consents',
    probe('of the patient', (t) => `/consents?patient=${t.patient}`),
  ),
  silent(
    'POST /consents',
    probe('malformed', () => '/consents', { body: (t) => ({ id: t.consent }) }),
  ),
  hidden(
    'POST /consents/{id}/rebind',
    probe('without a signature', (t) => `/consents/${t.consent}/rebind`, { body: () => ({}) }),
  ),
  hidden(
    'POST /consents/{id}/veto',
    probe('without a signature', (t) => `/consents/${t.consent}/veto`, { body: () => ({}) }),
  ),
  hidden(
    'POST /consents/{id}/revoke',
    probe('malformed', (t) => `/consents/${t.consent}/revoke`, { body: () => ({}) }),
  ),
  audited(
    'POST /patients/{patient}/enrolment',
    probe('a code', (t) => `/patients/${t.patient}/enrolment`, { body: () => ({ role: 'nonsense' }) }),
  ),
  audited(
    'PUT /patients/{patient}/key',
    probe('a wrong code', (t) => `/patients/${t.patient}/key`, { body: () => ({ code: 'x' }) }),
  ),
  audited(
    'GET /patients/{patient}/keys',
    probe('of the patient', (t) => `/patients/${t.patient}/keys`),
  ),
  audited(
    'DELETE /patients/{patient}/keys/{key}',
    probe('of the patient', (t) => `/patients/${t.patient}/keys/${'0'.repeat(32)}`),
  ),
  audited(
    'POST /patients/{patient}/erasure',
    probe('of the patient', (t) => `/patients/${t.patient}/erasure`, {
      body: () => ({ reason: 'subject-request' }),
    }),
  ),
  audited(
    'POST /records/{type}/{id}/erasure',
    probe('of a record', (t) => `/records/Observation/${t.observation}/erasure`, {
      body: () => ({ reason: 'subject-request' }),
    }),
  ),
  audited(
    'POST /patients/{patient}/merge',
    probe('with another', (t) => `/patients/${t.patient}/merge`, { body: () => ({ into: 'nobody' }) }),
  ),
  audited(
    'POST /patients/{patient}/unmerge',
    probe('the patient', (t) => `/patients/${t.patient}/unmerge`),
  ),
  audited(
    'POST /patients/{patient}/locators',
    probe('of the patient', (t) => `/patients/${t.patient}/locators`, { body: () => ({}) }),
  ),
  audited(
    'GET /locators',
    probe('that wait', () => '/locators'),
  ),
  hidden(
    'GET /erasures',
    probe('all', () => '/erasures'),
  ),
  hidden(
    'GET /erasures/{event}/proof',
    probe('of an event', (t) => `/erasures/${t.event}/proof`),
  ),
];

const said = () => ({ text: 'mine' });
const auditRoutes: Row[] = [
  audited(
    'GET /audit/disclosures',
    probe('of the patient', (t) => `/audit/disclosures?patient=${t.patient}`),
  ),
  audited(
    'GET /audit/accesses',
    probe('of the patient', (t) => `/audit/accesses?patient=${t.patient}`),
  ),
  audited(
    'GET /audit/export',
    probe('of the patient', (t) => `/audit/export?patient=${t.patient}`),
    probe('of everybody', () => '/audit/export'),
  ),
  hidden(
    'GET /audit/requests',
    probe('of the patient', (t) => `/audit/requests?patient=${t.patient}`),
    probe('of everybody', () => '/audit/requests'),
  ),
  hidden(
    'POST /audit/requests',
    probe('for the patient', () => '/audit/requests', {
      body: (t) => ({ kind: 'access', patient: t.patient, text: 'mine' }),
    }),
  ),
  hidden(
    'GET /audit/requests/{id}',
    probe('the request', (t) => `/audit/requests/${t.request}`),
  ),
  ...['extend', 'grant', 'deny', 'enclose', 'disagree', 'rebut'].map((step) =>
    hidden(
      `POST /audit/requests/{id}/${step}`,
      probe('the request', (t) => `/audit/requests/${t.request}/${step}`, { body: said }),
    ),
  ),
  hidden(
    'POST /audit/disclosures',
    probe('of the patient', () => '/audit/disclosures', { body: (t) => ({ patient: t.patient }) }),
  ),
  hidden(
    'GET /audit/suspensions',
    probe('all', () => '/audit/suspensions'),
  ),
  hidden(
    'POST /audit/suspensions',
    probe('of the patient', () => '/audit/suspensions', { body: (t) => ({ patient: t.patient }) }),
  ),
  hidden(
    'DELETE /audit/suspensions/{id}',
    probe('one', (t) => `/audit/suspensions/${t.suspension}`),
  ),
  hidden(
    'GET /audit/holds',
    probe('all', () => '/audit/holds'),
  ),
  hidden(
    'POST /audit/holds',
    probe('on the patient', () => '/audit/holds', { body: (t) => ({ patient: t.patient, name: 'x' }) }),
  ),
  hidden(
    'DELETE /audit/holds/{id}',
    probe('one', (t) => `/audit/holds/${t.hold}`),
  ),
  hidden(
    'GET /audit/flags',
    probe('of the patient', (t) => `/audit/flags?patient=${t.patient}`),
  ),
  hidden(
    'POST /audit/flags/{id}/review',
    probe('one', (t) => `/audit/flags/${t.event}/review`, { body: () => ({}) }),
  ),
  hidden(
    'PUT /audit/watched/{patient}',
    probe('the patient', (t) => `/audit/watched/${t.patient}`, { body: () => ({ reason: 'x' }) }),
  ),
  hidden(
    'DELETE /audit/watched/{patient}',
    probe('the patient', (t) => `/audit/watched/${t.patient}`),
  ),
];

const emergency = (patient: string) => ({
  patient,
  reason: 'medical-emergency',
  text: 'found unconscious',
  name: 'Somebody',
});
const breakGlassRoutes: Row[] = [
  hidden(
    'POST /break-glass',
    probe('for the patient', () => '/break-glass', { body: (t) => emergency(t.patient) }),
  ),
  hidden(
    'GET /audit/break-glass',
    probe('all', () => '/audit/break-glass'),
    probe('of the patient', (t) => `/audit/break-glass?patient=${t.patient}`),
  ),
  hidden(
    'POST /audit/break-glass/{id}/review',
    probe('one', (t) => `/audit/break-glass/${t.emergency}/review`, {
      body: () => ({ outcome: 'justified', note: 'x' }),
    }),
  ),
  hidden(
    'GET /audit/refusals',
    probe('all', () => '/audit/refusals'),
    probe('of an AuditEvent', (t) => `/audit/refusals?event=${t.audit}`),
  ),
  open('GET /privacy-policy', '/privacy-policy'),
];

const proofs: Row[] = [
  open('GET /log/checkpoint', '/log/checkpoint'),
  open('GET /log/policy', '/log/policy'),
  open('GET /ledger/log/checkpoint', '/ledger/log/checkpoint'),
  open('GET /ledger/log/entries', '/ledger/log/entries?from=0'),
  open('GET /log/tile/{level}/{index}', '/log/tile/0/000'),
  open('GET /log/mirror/{owner}/tile/{level}/{index}', '/log/mirror/lakeside/tile/0/000'),
  open('GET /log/mirror/{owner}/checkpoint', '/log/mirror/lakeside/checkpoint'),
  silent(
    'POST /log/renew',
    probe('nothing', () => '/log/renew', { body: () => ({}) }),
  ),
  silent(
    'POST /log/add-checkpoint',
    probe('nothing', () => '/log/add-checkpoint', { body: () => 'x' }),
  ),
  silent(
    'POST /ledger/cosign',
    probe('nothing', () => '/ledger/cosign', { body: () => 'x' }),
  ),
  silent(
    'POST /auth/token',
    probe('nothing', () => '/auth/token', { body: () => 'x=1' }),
  ),
  open('GET /auth/jwks', '/auth/jwks'),
  hidden(
    'POST /ledger/cosign',
    probe('a checkpoint', () => '/ledger/cosign', { body: () => 'x=1' }),
  ),
  open('GET /auth/.well-known/openid-configuration', '/auth/.well-known/openid-configuration'),
  open('GET /auth/.well-known/oauth-authorization-server', '/auth/.well-known/oauth-authorization-server'),
  hidden(
    'POST /exchange/{route}',
    probe('a record, unsigned', () => '/exchange/record', { body: (t) => ({ handle: t.patient }) }),
    probe('a locator, unsigned', () => '/exchange/locator', { body: (t) => ({ id: t.consent }) }),
    probe('in an emergency, unsigned', () => '/exchange/emergency', { body: (t) => ({ id: t.patient }) }),
  ),
];

/** Every route of an organisation with what it must not tell. A route without a row fails the suite. */
export const rows: readonly Row[] = [
  ...fhir,
  ...eventRows,
  ...patientRoutes,
  ...auditRoutes,
  ...breakGlassRoutes,
  ...proofs,
  ...signInRows,
  ...peopleRows,
];

/** Routes of the process as a whole: they name no patient, and are held against what they say. */
export const processRoutes: readonly string[] = [
  'GET /',
  'GET /health',
  'GET /ready',
  'GET /openapi.json',
  'GET /metrics',
  'GET /.well-known/holdfast',
  'GET /policy',
  'GET /ledger',
  'GET /ledger/blocks',
  'GET /ledger/blocks/{height}',
  'GET /ledger/transactions/{id}',
  // The demo's list of invented people to sign in as is public by its purpose.
  'GET /demo/personas',
  'POST /demo/sign-in',
];
