import { hidden, probe, type Row } from './row.ts';

const told = { isStream: true } as const;

/** What a stream tells while the patient writes: the same as when nobody does. */
export const eventRows: readonly Row[] = [
  hidden(
    'GET /events',
    probe('of everything', () => '/events', told),
    probe('of the patient', (t) => `/events?patient=${t.patient}`, told),
    probe('of a type', () => '/events?type=Observation', told),
    probe('of a type of the patient', (t) => `/events?type=Observation,Patient&patient=${t.patient}`, told),
  ),
];
