import type { Encounter } from '@medplum/fhirtypes';
import { appointmentOn, DAY_MS, HOUR_MS, instantOf } from '../calendar.ts';
import { coding, concept, hl7, snomed, type Term } from '../code-system.ts';
import type { Sensitivity } from '../sensitivity.ts';
import type { Chart } from './chart.ts';
import type { Setting } from './site.ts';
import type { Visit } from './visit.ts';

/** Kinds of visit, with the setting each takes place in. */
export const VISIT = {
  checkUp: ['ambulatory', snomed('185349003', 'Encounter for check up (procedure)')],
  wellChild: ['ambulatory', snomed('410620009', 'Well child visit (procedure)')],
  followUp: ['ambulatory', snomed('390906007', 'Follow-up encounter (procedure)')],
  symptom: ['ambulatory', snomed('185345009', 'Encounter for symptom (procedure)')],
  prenatal: ['ambulatory', snomed('424619006', 'Prenatal visit (procedure)')],
  telemedicine: ['virtual', snomed('448337001', 'Telemedicine consultation with patient (procedure)')],
  emergency: ['emergency', snomed('50849002', 'Emergency room admission (procedure)')],
  admission: ['inpatient', snomed('32485007', 'Hospital admission (procedure)')],
} as const satisfies Record<string, readonly [Setting, Term]>;

/** The name of a kind of visit. */
export type VisitKind = keyof typeof VISIT;

/** Encounter classes (v3 ActCode). */
const CLASS: Readonly<Record<Setting, Term>> = {
  ambulatory: hl7('v3-ActCode', 'AMB', 'ambulatory'),
  virtual: hl7('v3-ActCode', 'VR', 'virtual'),
  emergency: hl7('v3-ActCode', 'EMER', 'emergency'),
  inpatient: hl7('v3-ActCode', 'IMP', 'inpatient encounter'),
};

const DISCHARGED_HOME = hl7('discharge-disposition', 'home', 'Home');

function lengthMs(chart: Chart, setting: Setting, nights: number): number {
  if (setting === 'inpatient') return nights * DAY_MS + chart.random.integer(1, 6) * HOUR_MS;
  if (setting === 'emergency') return chart.random.integer(8, 24) * (HOUR_MS / 4);
  return chart.random.integer(1, 3) * (HOUR_MS / 4);
}

/** What a visit may have beyond its kind, day and reason. */
export interface VisitOptions {
  readonly nights?: number;
  readonly sensitivity?: Sensitivity | undefined;
}

/** Returns the Encounter class of a setting. */
export function encounterClass(setting: Setting): Term {
  return CLASS[setting];
}

/**
 * Records a visit on that day (an appointment falls on a working day, an emergency on any) and returns it, or returns
 * undefined when it would end after the day of generation.
 */
export function visit(
  chart: Chart,
  kind: VisitKind,
  dayMs: number,
  reason: Term,
  options: VisitOptions = {},
): Visit | undefined {
  const [setting, type] = VISIT[kind];
  const planned = setting === 'ambulatory' || setting === 'virtual';
  const quarterHours = chart.random.integer(0, 95);
  const startMs = planned
    ? appointmentOn(dayMs, chart.random)
    : Math.floor(dayMs / DAY_MS) * DAY_MS + quarterHours * (HOUR_MS / 4);
  const endMs = startMs + lengthMs(chart, setting, options.nights ?? 2);
  if (endMs > chart.nowMs) return undefined;
  const clinician = chart.random.chance(0.8)
    ? chart.site.clinicians[0]
    : chart.random.pick(chart.site.clinicians);
  const number = `${chart.site.name.toUpperCase()}-${chart.random.integer(10_000_000, 99_999_999)}`;
  const period = { start: instantOf(startMs), end: instantOf(endMs) };
  const encounter = chart.add<Encounter>(
    {
      resourceType: 'Encounter',
      identifier: [{ use: 'official', system: `urn:holdfast:demo:visit:${chart.site.name}`, value: number }],
      status: 'finished',
      class: coding(CLASS[setting]),
      type: [concept(type)],
      subject: chart.patient,
      participant: [
        { type: [concept(hl7('v3-ParticipationType', 'PPRF', 'primary performer'))], individual: clinician },
      ],
      period,
      reasonCode: [concept(reason)],
      ...(setting === 'inpatient'
        ? { hospitalization: { dischargeDisposition: concept(DISCHARGED_HOME) } }
        : {}),
      location: [{ location: chart.site.locations[setting], status: 'completed' }],
      serviceProvider: chart.site.organisation,
    },
    options.sensitivity,
  );
  const happened: Visit = {
    encounter,
    clinician,
    setting,
    startMs,
    endMs,
    reason,
    type,
    number,
    ...(options.sensitivity === undefined ? {} : { sensitivity: options.sensitivity }),
    services: [],
  };
  chart.visits.push(happened);
  return happened;
}
