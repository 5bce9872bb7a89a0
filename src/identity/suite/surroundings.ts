import type {
  PatientSought,
  PatientsFound,
  PatientsShown,
  Principal,
  RecordedEvent,
  ShownPatient,
} from '../index.ts';

/** What other rooms hand in to an organisation's identity: a recorder and its patients, as tests see and change them. */
export function surroundings() {
  const events: RecordedEvent[] = [];
  const state: { failure: Error | undefined } = { failure: undefined };
  const recorder = {
    async record(event: RecordedEvent) {
      if (state.failure !== undefined) throw state.failure;
      events.push(event);
    },
  };
  const patients = new Set(['p1', 'p2']);
  /** When every patient of the suite is of age; undefined when no birth date is known. */
  const majority: { value: Date | undefined } = { value: new Date('2100-01-01') };
  /** For whom somebody may ask, by their reference; nobody at first. */
  const represented = new Map<string, readonly string[]>();
  /** Patients who may be seen, by id, whoever looks; and who looked at whom. */
  const shown = new Map<string, ShownPatient>([...patients].map((id) => [id, { id }]));
  const looks: { asker: Principal; patients: readonly string[] }[] = [];
  const patientsShown: PatientsShown = async (asker, ids) => {
    looks.push({ asker, patients: ids });
    return ids.flatMap((id) => shown.get(id) ?? []);
  };
  /** Who looked for whom; found are those who may be seen and have this day of birth. */
  const searches: ({ asker: Principal } & PatientSought)[] = [];
  const patientsFound: PatientsFound = async (asker, sought) => {
    searches.push({ asker, ...sought });
    return [...shown.values()].filter(({ birthDate }) => birthDate === sought.birthDate);
  };
  const people = { represented, shown, looks, patientsShown, searches, patientsFound };
  return { events, state, recorder, patients, majority, ...people };
}
