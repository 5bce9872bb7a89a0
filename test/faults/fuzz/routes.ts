/** A route of the node as the fuzzer aims at it. `{}` stands for generated text. */
export interface Route {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** What a body of the right form looks like, from which broken ones are made; undefined when there is none. */
  readonly body?: object | string;
  /** Answers that the contract gives for what is well formed and simply not now (FORMATS §6: 503, 507). */
  readonly mayBeUnavailable?: boolean;
}

const patient = {
  resourceType: 'Patient',
  name: [{ family: 'Fuzz', given: ['A'] }],
  birthDate: '2000-01-01',
};
const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '1-8' }] },
  valueQuantity: { value: 1.5, unit: 'kg' },
};
const bundle = {
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    {
      fullUrl: 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a',
      resource: patient,
      request: { method: 'POST', url: 'Patient' },
    },
  ],
};
const KEY = Buffer.alloc(32, 3).toString('base64');
const SIGNATURE = Buffer.alloc(64, 3).toString('base64');
const ID = '0123456789abcdef0123456789abcdef';
const consent = {
  id: ID,
  patient: 'PATIENT',
  sequence: 1,
  salt: KEY,
  subjectKey: KEY,
  signature: SIGNATURE,
  enrolment: SIGNATURE,
  links: [{ organisation: 'lakeside', key: KEY, signature: SIGNATURE }],
  consent: {
    resourceType: 'Consent',
    status: 'active',
    patient: { reference: 'Patient/PATIENT' },
    provision: { type: 'permit' },
  },
};

/** Every route of FORMATS §6 that an embedded node serves. `PATIENT` is replaced by the id of one. */
export const ROUTES: readonly Route[] = [
  { name: 'fhir create', method: 'POST', path: '/orgs/st-mary/fhir/Patient', body: patient },
  {
    name: 'fhir create observation',
    method: 'POST',
    path: '/orgs/st-mary/fhir/Observation',
    body: observation,
  },
  {
    name: 'fhir update',
    method: 'PUT',
    path: '/orgs/st-mary/fhir/Patient/{}',
    body: { ...patient, id: 'x' },
  },
  {
    name: 'fhir conditional update',
    method: 'PUT',
    path: '/orgs/st-mary/fhir/Patient?identifier={}',
    body: patient,
  },
  { name: 'fhir read', method: 'GET', path: '/orgs/st-mary/fhir/{}/{}' },
  { name: 'fhir vread', method: 'GET', path: '/orgs/st-mary/fhir/Patient/PATIENT/_history/{}' },
  { name: 'fhir history', method: 'GET', path: '/orgs/st-mary/fhir/Patient/PATIENT/_history?_since={}' },
  { name: 'fhir delete', method: 'DELETE', path: '/orgs/st-mary/fhir/Patient/{}' },
  { name: 'fhir patch', method: 'PATCH', path: '/orgs/st-mary/fhir/Patient/PATIENT', body: [] },
  { name: 'fhir search', method: 'GET', path: '/orgs/st-mary/fhir/Observation?code={}&date={}' },
  { name: 'fhir search parameter', method: 'GET', path: '/orgs/st-mary/fhir/Patient?{}={}' },
  { name: 'fhir search of any type', method: 'GET', path: '/orgs/st-mary/fhir/{}?_sort={}&_count={}' },
  {
    name: 'fhir search by form',
    method: 'POST',
    path: '/orgs/st-mary/fhir/Patient/_search',
    body: 'family={}',
  },
  { name: 'fhir page', method: 'GET', path: '/orgs/st-mary/fhir/?_page={}' },
  { name: 'fhir transaction', method: 'POST', path: '/orgs/st-mary/fhir', body: bundle },
  { name: 'fhir batch', method: 'POST', path: '/orgs/st-mary/fhir/', body: { ...bundle, type: 'batch' } },
  { name: 'fhir validate', method: 'POST', path: '/orgs/st-mary/fhir/Patient/$validate', body: patient },
  {
    name: 'fhir import',
    method: 'POST',
    path: '/orgs/st-mary/fhir/$import?store-bundles={}',
    body: observation,
  },
  { name: 'fhir everything', method: 'GET', path: '/orgs/st-mary/fhir/Patient/PATIENT/$everything?_type={}' },
  { name: 'fhir receipt', method: 'GET', path: '/orgs/st-mary/fhir/Patient/PATIENT/$receipt?disclosure={}' },
  { name: 'fhir operation', method: 'POST', path: '/orgs/st-mary/fhir/Patient/%24{}', body: {} },
  { name: 'fhir Consent', method: 'POST', path: '/orgs/st-mary/fhir/Consent', body: consent.consent },
  { name: 'fhir metadata', method: 'GET', path: '/orgs/st-mary/fhir/metadata?_format={}' },
  { name: 'grant', method: 'POST', path: '/orgs/st-mary/consents', body: consent },
  {
    name: 'revoke',
    method: 'POST',
    path: `/orgs/st-mary/consents/${ID}/revoke`,
    body: { sequence: 2, signature: SIGNATURE },
  },
  {
    name: 'rebind',
    method: 'POST',
    path: `/orgs/st-mary/consents/${ID}/rebind`,
    body: { sequence: 2, newKey: KEY, signature: SIGNATURE },
  },
  {
    name: 'veto',
    method: 'POST',
    path: `/orgs/st-mary/consents/${ID}/veto`,
    body: { sequence: 2, newKey: KEY, signature: SIGNATURE },
  },
  { name: 'consents', method: 'GET', path: '/orgs/st-mary/consents?patient={}' },
  {
    name: 'enrolment code',
    method: 'POST',
    path: '/orgs/st-mary/patients/PATIENT/enrolment',
    body: { role: 'patient' },
  },
  {
    name: 'enrol key',
    method: 'PUT',
    path: '/orgs/st-mary/patients/PATIENT/key',
    body: { code: 'x', subjectKey: KEY, signature: SIGNATURE },
  },
  { name: 'keys', method: 'GET', path: '/orgs/st-mary/patients/{}/keys' },
  { name: 'retire key', method: 'DELETE', path: '/orgs/st-mary/patients/PATIENT/keys/{}' },
  { name: 'disclosures', method: 'GET', path: '/orgs/st-mary/audit/disclosures?patient={}' },
  // With AuditEvent, of which no stream tells: what is well formed would be answered without an end.
  { name: 'events', method: 'GET', path: '/orgs/st-mary/events?type=AuditEvent&type={}&{}={}' },
  {
    name: 'token',
    method: 'POST',
    path: '/orgs/st-mary/auth/token',
    body: 'grant_type=client_credentials&scope={}',
  },
  { name: 'jwks', method: 'GET', path: '/orgs/st-mary/auth/jwks?{}' },
  { name: 'discovery', method: 'GET', path: '/orgs/st-mary/auth/.well-known/openid-configuration?{}' },
  {
    name: 'exchange',
    method: 'POST',
    path: '/orgs/st-mary/exchange/record',
    body: { consent: ID, handle: 'x', purposes: ['TREAT'] },
  },
  {
    name: 'exchange locator',
    method: 'POST',
    path: '/orgs/lakeside/exchange/{}',
    body: { type: 'holdfast/locator/v1' },
  },
  { name: 'checkpoint', method: 'GET', path: '/orgs/st-mary/log/checkpoint?{}' },
  { name: 'tile', method: 'GET', path: '/orgs/st-mary/log/tile/{}' },
  { name: 'mirror tile', method: 'GET', path: '/orgs/lakeside/log/mirror/{}/tile/{}' },
  {
    name: 'add-checkpoint',
    method: 'POST',
    path: '/orgs/lakeside/log/add-checkpoint',
    body: 'old {}\n\n{}\n',
    mayBeUnavailable: true,
  },
  {
    name: 'renew',
    method: 'POST',
    path: '/orgs/lakeside/log/renew',
    body: { leaf: KEY, proof: 'c2sp.org/tlog-proof@v1\n' },
    mayBeUnavailable: true,
  },
  { name: 'log policy', method: 'GET', path: '/orgs/st-mary/log/policy?version={}' },
  { name: 'policy', method: 'GET', path: '/policy?version={}' },
  { name: 'blocks', method: 'GET', path: '/ledger/blocks?from={}&limit={}' },
  { name: 'block', method: 'GET', path: '/ledger/blocks/{}' },
  { name: 'evidence', method: 'GET', path: '/ledger/transactions/{}', mayBeUnavailable: true },
  { name: 'personas', method: 'GET', path: '/demo/personas?{}' },
  { name: 'sign-in', method: 'POST', path: '/demo/sign-in', body: { persona: 'x', organisation: 'st-mary' } },
  { name: 'portal', method: 'GET', path: '/{}' },
  { name: 'organisation', method: 'GET', path: '/orgs/{}/fhir/Patient' },
  { name: 'health', method: 'GET', path: '/health?{}' },
  { name: 'ready', method: 'GET', path: '/ready?{}' },
  { name: 'metrics', method: 'GET', path: '/metrics?{}' },
  { name: 'well-known', method: 'GET', path: '/.well-known/holdfast?{}' },
  { name: 'openapi', method: 'GET', path: '/openapi.json?{}' },
];
