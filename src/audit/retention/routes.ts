import { isLogicalId } from '../../identity/index.ts';
import { requireOfficer } from '../asker.ts';
import type { AuditRouteServices } from '../audit-services.ts';
import type { Asked, AuditedRoute } from '../audited-route.ts';
import { objectIn, optionalText, textIn } from '../body.ts';
import { AuditError } from '../errors.ts';

const RECORD = /^[A-Z][A-Za-z]{0,63}\/[A-Za-z0-9\-.]{1,64}$/;

async function place({ vault }: AuditRouteServices, { principal, body }: Asked): Promise<unknown> {
  requireOfficer(principal);
  const given = objectIn(body, ['patient', 'record', 'name']);
  const name = textIn(given, 'name');
  const patient = optionalText(given, 'patient');
  const record = optionalText(given, 'record');
  if ((patient === undefined) === (record === undefined))
    throw new AuditError('malformed', 'Name either "patient" or "record", such as Observation/12.');
  const [type = '', id = ''] = record === undefined ? ['Patient', patient ?? ''] : record.split('/');
  if (!(record === undefined ? isLogicalId(id) : RECORD.test(record)))
    throw new AuditError('malformed', '"patient" is a logical id, "record" such as Observation/12.');
  const stored = await vault.read(type, id);
  if (stored?.text === undefined && stored?.deleted !== true)
    throw new AuditError('not-found', 'There is nothing to hold under this name.');
  const subject = record === undefined ? { patient: id } : { record: { type, id } };
  return await vault.placeHold({ ...subject, name, actor: principal.id });
}

/**
 * Legal holds: while one stands, nothing it is on can be erased. Retention rules stand in the configuration: HIPAA's own
 * documentation is kept six years from its making (45 CFR 164.316(b)(2)(i), 164.530(j)(2)); for records themselves state law rules.
 */
export function retentionRoutes(services: AuditRouteServices): AuditedRoute[] {
  const { vault } = services;
  return [
    {
      method: 'GET',
      path: '/audit/holds',
      name: 'legal-holds',
      work: async ({ principal }) => {
        requireOfficer(principal);
        return { holds: await vault.holds() };
      },
    },
    {
      method: 'POST',
      path: '/audit/holds',
      name: 'place-hold',
      status: 201,
      work: (asked) => place(services, asked),
    },
    {
      method: 'DELETE',
      path: '/audit/holds/:id',
      name: 'release-hold',
      work: async ({ principal, params }) => {
        requireOfficer(principal);
        await vault.releaseHold(params.id ?? '', principal.id);
        return { id: params.id, released: true };
      },
    },
  ];
}
