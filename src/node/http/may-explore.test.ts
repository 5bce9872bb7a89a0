import { expect, test } from 'vitest';
import { type Principal, parseScopes } from '../../identity/index.ts';
import { mayExplore } from './may-explore.ts';

const principal = (kind: Principal['kind'], scope: string): Principal => ({
  organisation: 'st-mary',
  actorOrganisation: 'st-mary',
  kind,
  id: 'somebody',
  scopes: parseScopes(scope),
  purposes: ['TREAT'],
  tokenId: 'token-1',
});
const authenticators = (known: Record<string, Principal>) => [
  { authenticate: () => Promise.reject(new Error('not a token of this organisation')) },
  {
    authenticate: async (header: string | undefined) => {
      const found = known[header ?? ''];
      if (found === undefined) throw new Error('not a token');
      return found;
    },
  },
];

test('the ledger is shown to members and auditors, and to no patient, whatever scopes their token has', async () => {
  const known = {
    auditor: principal('user', 'user/AuditEvent.rs'),
    machine: principal('client', 'system/*.rs'),
    clinician: principal('user', 'user/Observation.rs'),
    patient: principal('patient', 'patient/*.rs user/AuditEvent.rs system/*.cruds'),
    app: principal('user', 'patient/AuditEvent.rs'),
  };
  const asked = await Promise.all(
    [...Object.keys(known), 'forged', undefined].map(async (header) => [
      header,
      await mayExplore(authenticators(known), header),
    ]),
  );
  expect(Object.fromEntries(asked)).toEqual({
    auditor: true,
    machine: true,
    clinician: false,
    patient: false,
    app: false,
    forged: false,
    undefined: false,
  });
});
