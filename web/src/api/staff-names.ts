import type { Session } from '../session/session.ts';
import type { Access } from './access-log.ts';
import { ApiError, json } from './http.ts';
import { type HumanName, nameWords } from './human-name.ts';
import type { Resource } from './record.ts';

/** Names of staff, by `<organisation>/<reference>`. */
export type StaffNames = ReadonlyMap<string, string>;

/** People asked for at once: more do not look at one record in the entries that are shown. */
const MAX_PEOPLE = 100; // ids of 32 characters each keep the address below 4 kB

/** The names of those who looked, as their organisations give them; none where they give none to this patient. */
export async function fetchStaffNames(session: Session, accesses: readonly Access[]): Promise<StaffNames> {
  const names = new Map<string, string>();
  const lookUp = async (organisation: string): Promise<void> => {
    const here = accesses.filter((access) => access.organisation === organisation);
    const ids = here.flatMap(({ asker }) => /^Practitioner\/([\w.-]+)$/.exec(asker.value)?.[1] ?? []);
    const asked = [...new Set(ids)].slice(0, MAX_PEOPLE);
    if (asked.length === 0) return;
    const path = `/orgs/${organisation}/fhir/Practitioner?_id=${asked.join(',')}&_count=${asked.length}`;
    const token = await session.token(organisation);
    const { entry = [] } = await json<{ entry?: { resource: Resource }[] }>(path, { token });
    for (const { resource } of entry) {
      const [name] = (resource.name ?? []) as HumanName[];
      if (name !== undefined) names.set(`${organisation}/Practitioner/${resource.id}`, nameWords(name));
    }
  };
  const organisations = new Set(accesses.map(({ organisation }) => organisation));
  await Promise.all(
    [...organisations].map((organisation) =>
      lookUp(organisation).catch((error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
      }),
    ),
  );
  return names;
}
