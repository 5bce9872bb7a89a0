import type { AccessInput } from './access-input.ts';
import { addReference, referring } from './agent.ts';
import { auditedParameters } from './audited-parameters.ts';
import type { AuditCoding } from './coding.ts';
import type { IndexEntries } from './index-entries.ts';
import { ENTITY, type Shape } from './shape.ts';

/** Objects that one AuditEvent lists; of a release of more, the rest are counted. */
const MAX_OBJECTS = 1_000; // beyond this the entry would outweigh what it speaks of

/** Name of the detail that holds, sealed, why something was withheld. */
export const WITHHELD = 'information-blocking';

/** The objects that an AuditEvent lists: what was written, what left the organisation, and the one thing that was read. */
export function listedObjects({ objects, action }: AccessInput, shape: Shape): readonly string[] {
  if (shape.name === 'query') return [];
  const isWrite = action === 'C' || action === 'U' || action === 'D';
  return isWrite || shape.name === 'disclosure' || objects.length === 1 ? objects : [];
}

/** The entities of an AuditEvent: canonical text of the list, and their entries in the index. */
export function entitiesOf(
  input: AccessInput,
  shape: Shape,
  listed: readonly string[],
  index: IndexEntries,
): string {
  const texts: string[] = [];
  const types = new Set<AuditCoding>();
  const roles = new Set<AuditCoding>();
  const add = (type: AuditCoding, role: AuditCoding | undefined, reference: string) => {
    const what = referring(reference);
    if (what === undefined) return;
    types.add(type);
    if (role !== undefined) roles.add(role);
    addReference(index, 'entity', what);
    if (what.target.type === 'Patient') addReference(index, 'patient', what);
    const as = role === undefined ? '' : `"role":${role.text},`;
    texts.push(`{${as}"type":${type.text},"what":${what.text}}`);
  };
  if (shape.name === 'query') {
    types.add(ENTITY.system);
    roles.add(ENTITY.query);
    texts.push(queryEntity(input));
  }
  for (const object of listed.slice(0, MAX_OBJECTS)) add(ENTITY.system, ENTITY.resource, object);
  if (listed.length > MAX_OBJECTS) {
    const more = `{"type":"not-listed","valueString":"${listed.length - MAX_OBJECTS}"}`;
    texts.push(`{"detail":[${more}],"role":${ENTITY.resource.text},"type":${ENTITY.system.text}}`);
  }
  for (const patient of input.patients) add(ENTITY.person, ENTITY.patient, `Patient/${patient}`);
  for (const consent of input.consents) add(ENTITY.consent, undefined, `Consent/${consent}`);
  types.add(ENTITY.request);
  texts.push(requestEntity(input, index));
  for (const { system, code } of roles) index.push({ kind: 'token', param: 'entity-role', system, code });
  for (const { system, code } of types) index.push({ kind: 'token', param: 'entity-type', system, code });
  return `[${texts.join(',')}]`;
}

/** What was searched by, without what would tell more than logical ids. */
function queryEntity({ type, searched = [] }: AccessInput): string {
  const parameters = auditedParameters(type, searched);
  const query = `${type ?? ''}?${parameters.join('&')}`;
  const encoded = Buffer.from(query).toString('base64');
  return `{"query":"${encoded}","role":${ENTITY.query.text},"type":${ENTITY.system.text}}`;
}

function requestEntity({ requestId, isStale, withheld }: AccessInput, index: IndexEntries): string {
  index.push({ kind: 'reference', param: 'entity', target: {}, identifier: { value: requestId } });
  const details = [
    ...(isStale === true ? ['{"type":"stale","valueString":"true"}'] : []),
    ...(withheld === undefined ? [] : [`{"type":"${WITHHELD}","valueBase64Binary":"${withheld}"}`]),
  ];
  const detail = details.length === 0 ? '' : `"detail":[${details.join(',')}],`;
  return `{${detail}"type":${ENTITY.request.text},"what":{"identifier":{"value":${JSON.stringify(requestId)}}}}`;
}
