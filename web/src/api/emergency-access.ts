import type { Session } from '../session/session.ts';
import { ApiError, json } from './http.ts';
import { type HumanName, nameWords } from './human-name.ts';
import type { Resource } from './record.ts';

/** A patient as somebody tells them apart who may see them. */
export interface FoundPatient {
  id: string;
  name: string;
  birthDate: string;
}

/** People of one name and one day of birth: more are no help in an emergency. */
const COUNT = 20; // twins and namesakes

/** R4 §search escaping: a comma or a bar in a name is a letter of it. */
const escaped = (text: string): string => text.replace(/[\\,|$]/g, '\\$&');

function foundPatient(resource: Resource): FoundPatient {
  const [name = {}] = (resource.name ?? []) as HumanName[];
  const { id = '', birthDate } = resource;
  return { id, name: nameWords(name), birthDate: typeof birthDate === 'string' ? birthDate : '' };
}

/** Patients of this name and day of birth whom the signed-in clinician may see. */
export async function findPatients(
  session: Session,
  { family, birthDate }: { family: string; birthDate: string },
): Promise<FoundPatient[]> {
  const { organisation } = session.persona;
  const token = await session.token(organisation);
  const query = new URLSearchParams({ family: escaped(family), birthdate: birthDate, _count: String(COUNT) });
  const path = `/orgs/${organisation}/fhir/Patient?${query}`;
  const { entry = [] } = await json<{ entry?: { resource: Resource }[] }>(path, { token });
  return entry.map(({ resource }) => foundPatient(resource));
}

/** A patient by id; `null` for one of whom the clinician may see nothing, which is as if there were none. Throws ApiError. */
export async function readPatient(session: Session, id: string): Promise<FoundPatient | null> {
  const { organisation } = session.persona;
  const token = await session.token(organisation);
  try {
    const path = `/orgs/${organisation}/fhir/Patient/${encodeURIComponent(id)}`;
    return foundPatient(await json<Resource>(path, { token }));
  } catch (error) {
    if (error instanceof ApiError && [403, 404].includes(error.status)) return null;
    throw error;
  }
}

/** A record that the clinician opened in an emergency. */
export interface OpenedEmergency {
  id: string;
  patient: string;
  /** When it ends by the clock of this browser, in milliseconds since 1970: the node's clock may be another. */
  endsMs: number;
  /** The view of the ledger was older than it may be. */
  stale: boolean;
}

/** What breaking the glass takes. */
export interface BreakGlassRequest {
  patient: string;
  reason: string;
  text: string;
  minutes: number;
}

/** Opens a record in an emergency. Throws ApiError. */
export async function breakGlass(session: Session, request: BreakGlassRequest): Promise<OpenedEmergency> {
  const { organisation, name } = session.persona;
  const token = await session.token(organisation);
  const askedMs = Date.now();
  const { id, patient, opened, until, stale } = await json<{
    id: string;
    patient: string;
    opened: string;
    until: string;
    stale: boolean;
  }>(`/orgs/${organisation}/break-glass`, { token, method: 'POST', body: { ...request, name } });
  return { id, patient, endsMs: askedMs + Date.parse(until) - Date.parse(opened), stale };
}
