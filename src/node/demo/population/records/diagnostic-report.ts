import type { DiagnosticReport, Observation, Reference } from '@medplum/fhirtypes';
import { HOUR_MS, instantOf } from '../calendar.ts';
import { concept, hl7, type Term } from '../code-system.ts';
import { rounded } from '../decimal.ts';
import { filtrationRate } from '../filtration-rate.ts';
import { CHOLESTEROL, CREATININE, EGFR, HDL, LDL, TRIGLYCERIDE } from '../terminology/chemistry.ts';
import type { Measurement, Panel } from '../terminology/measurement.ts';
import type { Chart } from './chart.ts';
import { drawn, observe } from './observation.ts';
import type { Visit } from './visit.ts';

const SERVICE = {
  laboratory: hl7('v2-0074', 'LAB', 'Laboratory'),
  radiology: hl7('v2-0074', 'RAD', 'Radiology'),
  pathology: hl7('v2-0074', 'SP', 'Surgical Pathology'),
} as const;
/** Results come back within the day. */
const TURNAROUND_HOURS = [2, 8] as const;

/** Values that a course prescribes; what it leaves out is drawn as the person's blood has it. */
export type PanelValues = ReadonlyMap<Measurement, number>;

/** What a calculated member of a panel is derived from. */
function derived(
  chart: Chart,
  visit: Visit,
  values: ReadonlyMap<Measurement, number>,
): [Measurement, number][] {
  const creatinine = values.get(CREATININE);
  const age = chart.body.ageYears(visit.startMs);
  if (creatinine !== undefined && age >= 18) {
    return [[EGFR, filtrationRate(creatinine, age, chart.profile.sex)]];
  }
  const [total, hdl, triglyceride] = [CHOLESTEROL, HDL, TRIGLYCERIDE].map((member) => values.get(member));
  if (total !== undefined && hdl !== undefined && triglyceride !== undefined) {
    return [[LDL, total - hdl - triglyceride / 5]];
  }
  return [];
}

/** Records the results of a laboratory panel and the report over them, and returns the report. */
export function reportPanel(
  chart: Chart,
  visit: Visit,
  panel: Panel,
  given: PanelValues = new Map(),
): Reference<DiagnosticReport> {
  const issuedMs = visit.startMs + chart.random.integer(...TURNAROUND_HOURS) * HOUR_MS;
  const values = new Map<Measurement, number>();
  for (const member of panel.members) {
    const value = given.get(member) ?? drawn(chart, visit, member);
    values.set(member, rounded(value, member.digits));
  }
  for (const [member, value] of derived(chart, visit, values)) values.set(member, value);
  const results = [...values].map(([member, value]) => observe(chart, visit, member, value));
  return report(chart, visit, 'laboratory', panel.code, { results, issuedMs });
}

/** What a report rests on: results, a conclusion in words, or both. */
export interface Findings {
  readonly results?: Reference<Observation>[];
  readonly conclusion?: string;
  readonly issuedMs?: number;
}

/** Records a report and returns it. */
export function report(
  chart: Chart,
  visit: Visit,
  service: keyof typeof SERVICE,
  code: Term,
  findings: Findings,
): Reference<DiagnosticReport> {
  const { results, conclusion, issuedMs = visit.endMs } = findings;
  return chart.add<DiagnosticReport>(
    {
      resourceType: 'DiagnosticReport',
      status: 'final',
      category: [concept(SERVICE[service])],
      code: concept(code),
      subject: chart.patient,
      encounter: visit.encounter,
      effectiveDateTime: instantOf(visit.startMs),
      issued: instantOf(Math.min(issuedMs, chart.nowMs)),
      performer: [chart.site.organisation],
      ...(results === undefined ? {} : { result: results }),
      ...(conclusion === undefined ? {} : { conclusion }),
    },
    visit.sensitivity,
  );
}
