import { IdentityError, isLogicalId, type Principal } from '../../../identity/index.ts';
import {
  type ErasureServices,
  idIn,
  memberIn,
  type Route,
  requireDecision,
  requireScope,
} from './administered-request.ts';

/** Two Patients that are one person, and apart again (DESIGN §5): wrappings of keys only. */
export function mergingRoutes(services: ErasureServices): Route[] {
  const { vault } = services;
  const change = (principal: Principal, id: string) =>
    requireDecision(services, principal, { type: 'Patient', id, permission: 'u' });
  return [
    {
      method: 'POST',
      path: '/patients/:patient/merge',
      name: 'merge-patient',
      action: 'U',
      work: async (request, principal) => {
        requireScope(principal, 'Patient', 'u');
        const from = idIn(request, 'patient');
        const into = memberIn(request, 'into');
        if (typeof into !== 'string' || !isLogicalId(into))
          throw new IdentityError('request-invalid', '"into" is the logical id of the patient who stays.');
        await change(principal, from);
        await change(principal, into);
        return { body: await vault.merge(from, into, principal.id), patients: [from, into] };
      },
    },
    {
      method: 'POST',
      path: '/patients/:patient/unmerge',
      name: 'unmerge-patient',
      action: 'U',
      work: async (request, principal) => {
        requireScope(principal, 'Patient', 'u');
        const from = idIn(request, 'patient');
        await change(principal, from);
        const merge = await vault.unmerge(from, principal.id);
        return { body: merge, patients: [merge.from, merge.into] };
      },
    },
  ];
}
