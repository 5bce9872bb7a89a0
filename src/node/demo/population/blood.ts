import { ADULT_YEARS, type Body } from './body.ts';
import { YEAR_MS } from './calendar.ts';
import type { CourseName } from './course-name.ts';
import { afflictionsOf, type Profile } from './profile.ts';
import {
  CHOLESTEROL,
  CREATININE,
  GLUCOSE,
  HBA1C,
  POTASSIUM,
  TRIGLYCERIDE,
  UREA_NITROGEN,
} from './terminology/chemistry.ts';
import { HAEMATOCRIT, HAEMOGLOBIN } from './terminology/haematology.ts';
import type { Measurement } from './terminology/measurement.ts';
import { towards } from './trajectory.ts';

/** Years of diabetes after which metformin alone no longer suffices and the second medicine is added. */
export const SECOND_MEDICINE_YEARS = 3.5;
/** Percent of haematocrit for each g/dL of haemoglobin. */
const HAEMATOCRIT_FACTOR = 3;
/** From the last period to delivery. */
const PREGNANCY_YEARS = 0.75;

/** Returns the years since a course began, negative before it, or undefined when the person never had it. */
type Since = (course: CourseName) => number | undefined;

function glycatedHaemoglobin(since: Since): number | undefined {
  const years = since('diabetes');
  if (years === undefined) return undefined;
  if (years < 0) return Math.max(HBA1C.usual[0], 9.2 + years * 0.7);
  if (years >= SECOND_MEDICINE_YEARS) return towards(7.4, 6.7, years - SECOND_MEDICINE_YEARS, 0.5);
  return towards(9.2, 6.8, years, 0.3) + 0.22 * Math.max(0, years - 1);
}

/** Fasting glucose in mg/dL that goes with an HbA1c in percent (Nathan et al., Diabetes Care 2008;31:1473), less the meals. */
function fastingGlucose(since: Since): number | undefined {
  const hba1c = glycatedHaemoglobin(since);
  return hba1c === undefined ? undefined : 28.7 * hba1c - 46.7 - 12;
}

/** Years of kidney disease so far, 0 in everybody else. */
const kidneyYears = (since: Since): number => Math.max(0, since('chronic-kidney-disease') ?? 0);

function creatinine(since: Since, age: number, sex: Profile['sex']): number {
  const adult = (sex === 'female' ? 0.76 : 0.94) + Math.max(0, age - 60) * 0.004;
  if (age < ADULT_YEARS) return 0.3 + (adult - 0.3) * (age / ADULT_YEARS);
  return since('chronic-kidney-disease') === undefined ? adult : adult * (1.5 + kidneyYears(since) * 0.075);
}

function cholesterol(since: Since): number | undefined {
  const raised = since('hyperlipidemia');
  const infarction = since('coronary-disease');
  const onStatin = raised === undefined ? undefined : towards(268, 176, raised, 0.4);
  if (infarction === undefined || infarction < 0) return onStatin;
  return towards(onStatin ?? 195, 130, infarction, 0.25);
}

function triglyceride(since: Since): number | undefined {
  const raised = since('hyperlipidemia');
  return raised === undefined ? undefined : towards(210, 140, raised, 0.6);
}

function haemoglobin(since: Since, sex: Profile['sex']): number {
  const healthy = sex === 'female' ? 13.4 : 14.9;
  const lacking = since('iron-deficiency');
  if (lacking !== undefined && lacking > -0.5) return towards(9.6, healthy, lacking, 0.2);
  const pregnant = since('pregnancy') ?? -1;
  if (pregnant > 0 && pregnant < PREGNANCY_YEARS) return healthy - pregnant * 2.4;
  return healthy - kidneyYears(since) * 0.25;
}

/**
 * What the laboratory may expect in a person's blood, the same at every organisation: values follow from age, sex and
 * the courses of disease, so that two laboratories agree.
 */
export class Blood {
  readonly #profile: Profile;
  readonly #body: Body;
  readonly #nowMs: number;

  constructor(profile: Profile, body: Body, nowMs: number) {
    this.#profile = profile;
    this.#body = body;
    this.#nowMs = nowMs;
  }

  /** Returns the value to expect at that moment: that of the disease, or the mean of a healthy adult. */
  expected(measurement: Measurement, atMs: number): number {
    return this.#modelled(measurement, atMs) ?? measurement.usual[0];
  }

  #modelled(measurement: Measurement, atMs: number): number | undefined {
    const { sex } = this.#profile;
    const since: Since = (course) => this.#sinceYears(course, atMs);
    switch (measurement) {
      case HBA1C:
        return glycatedHaemoglobin(since);
      case GLUCOSE:
        return fastingGlucose(since);
      case CREATININE:
        return creatinine(since, this.#body.ageYears(atMs), sex);
      case UREA_NITROGEN:
        return kidneyYears(since) > 0 ? 22 + kidneyYears(since) * 2 : undefined;
      case POTASSIUM:
        return kidneyYears(since) > 0 ? 4.6 + kidneyYears(since) * 0.05 : undefined;
      case CHOLESTEROL:
        return cholesterol(since);
      case TRIGLYCERIDE:
        return triglyceride(since);
      case HAEMOGLOBIN:
        return haemoglobin(since, sex);
      case HAEMATOCRIT:
        return haemoglobin(since, sex) * HAEMATOCRIT_FACTOR;
      default:
        return undefined;
    }
  }

  #sinceYears(course: CourseName, atMs: number): number | undefined {
    const affliction = afflictionsOf(this.#profile).find(([name]) => name === course);
    return affliction === undefined ? undefined : affliction[1] - (this.#nowMs - atMs) / YEAR_MS;
  }
}
