import type { Json } from './consent-case.ts';

/** First and last millisecond of what a FHIR dateTime covers. */
export function interval(text: string): [first: number, last: number] {
  const [, year = '', month, day, time] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?(T.*)?$/.exec(text) ?? [];
  if (time !== undefined) {
    const at = Date.parse(text);
    return [at, /\.\d+/.test(time) ? at : at + 999];
  }
  const y = Number(year);
  const m = month === undefined ? 0 : Number(month) - 1;
  const d = day === undefined ? 1 : Number(day);
  const after =
    month === undefined ? Date.UTC(y + 1, 0) : day === undefined ? Date.UTC(y, m + 1) : Date.UTC(y, m, d + 1);
  return [Date.UTC(y, m, d), after - 1];
}

/** A Period, its end with everything that its precision covers (FHIR R4 §Period). */
export function periodOf({ start, end }: Json): [first: number, last: number] {
  const first = typeof start === 'string' ? interval(start)[0] : Number.NEGATIVE_INFINITY;
  const last = typeof end === 'string' ? interval(end)[1] : Number.POSITIVE_INFINITY;
  return [first, last];
}

/** Whether now lies within the periods of a provision and of all it stands in: an exception never outlives its rule. */
export function insideDates(chain: readonly Json[], now: string): boolean {
  const at = Date.parse(now);
  return chain.every(({ period }) => {
    if (period === undefined) return true;
    const [first, last] = periodOf(period as Json);
    return at >= first && at <= last;
  });
}

/** The element that says when what a resource tells of took place, most telling first, for the types of the suite. */
const WHEN: Record<string, readonly string[]> = {
  Observation: ['effectiveDateTime', 'effectivePeriod'],
  Encounter: ['period'],
  Condition: ['onsetDateTime', 'onsetPeriod', 'recordedDate'],
  DocumentReference: ['date'],
  MedicationRequest: ['authoredOn'],
};

/** When it took place; undefined when the resource does not say. */
export function tookPlace(resource: Json): [first: number, last: number] | undefined {
  for (const name of WHEN[String(resource.resourceType)] ?? []) {
    const value = resource[name];
    if (typeof value === 'string') return interval(value);
    if (typeof value === 'object' && value !== null) return periodOf(value as Json);
  }
  return undefined;
}
