import { YEAR_MS } from './calendar.ts';
import { heightOfChild, weightOfChild } from './growth.ts';
import { afflictionsOf, type Profile } from './profile.ts';
import type { Random } from './xoshiro128.ts';

/** From this age on somebody neither grows nor counts as a child. */
export const ADULT_YEARS = 18;
/** The last weight of a pregnancy is taken on the day of delivery. */
const WEEKS_OF_PREGNANCY = 39.3;
/** A week as a fraction of the mean year. */
const WEEK_YEARS = 7 / 365.2425;

/** A blood pressure in mmHg. */
export interface Pressure {
  readonly systolic: number;
  readonly diastolic: number;
}

/**
 * The physical side of a person, the same at every organisation: what is measured follows from age, sex, stature and
 * the courses of disease, so that trends make sense wherever the measurements are put side by side.
 */
export class Body {
  readonly bornMs: number;
  readonly #profile: Profile;
  readonly #nowMs: number;
  readonly #heightCm: number;
  readonly #weightKg: number;
  readonly #yearlyGainKg: number;
  readonly #size: number;

  constructor(profile: Profile, nowMs: number, random: Random) {
    this.#profile = profile;
    this.#nowMs = nowMs;
    this.bornMs = nowMs - profile.ageYears * YEAR_MS - random.integer(3, 20) * 86_400_000;
    const [heightCm, weightKg] = profile.sex === 'female' ? [163, 68] : [176, 82];
    this.#heightCm = profile.stature?.[0] ?? heightCm + random.normal(0, 4);
    this.#weightKg = profile.stature?.[1] ?? weightKg + random.normal(0, 6);
    this.#yearlyGainKg = random.normal(0.3, 0.3);
    this.#size = random.normal(1, 0.03);
  }

  /** Returns the age in years at that moment. */
  ageYears(atMs: number): number {
    return (atMs - this.bornMs) / YEAR_MS;
  }

  /** Returns the height in cm. */
  heightCm(atMs: number): number {
    const age = this.ageYears(atMs);
    return age < ADULT_YEARS ? heightOfChild(age) * this.#size : this.#heightCm;
  }

  /** Returns the weight in kg, as read on a scale that day. */
  weightKg(atMs: number, random: Random): number {
    const age = this.ageYears(atMs);
    if (age < ADULT_YEARS) return weightOfChild(age) * this.#size ** 2 * random.normal(1, 0.01);
    const agoYears = (this.#nowMs - atMs) / YEAR_MS;
    const carried = this.#pregnancyWeeks(agoYears) ** 1.5 * 0.05;
    return this.#weightKg - this.#yearlyGainKg * agoYears + carried + random.normal(0, 0.7);
  }

  /** Returns a reading of the blood pressure: raised before hypertension is treated, then under control. */
  pressure(atMs: number, random: Random): Pressure {
    const age = this.ageYears(atMs);
    if (age < ADULT_YEARS) {
      return {
        systolic: 88 + age * 1.5 + random.normal(0, 4),
        diastolic: 54 + age * 0.9 + random.normal(0, 3),
      };
    }
    const resting = 112 + age * 0.18;
    const raised = this.#hypertensionMmHg((this.#nowMs - atMs) / YEAR_MS);
    const systolic = resting + raised + random.normal(0, 5);
    return { systolic, diastolic: systolic * 0.62 + 2 + random.normal(0, 3) };
  }

  /** Returns the resting heart rate, a minute. */
  heartRate(atMs: number, random: Random): number {
    const age = this.ageYears(atMs);
    const resting = age < 1 ? 130 : age < ADULT_YEARS ? 112 - age * 2.2 : 72;
    return resting + random.normal(0, 6);
  }

  #pregnancyWeeks(agoYears: number): number {
    const pregnancy = afflictionsOf(this.#profile).find(([course]) => course === 'pregnancy');
    if (pregnancy === undefined) return 0;
    const weeks = (pregnancy[1] - agoYears) / WEEK_YEARS;
    return weeks > 0 && weeks < WEEKS_OF_PREGNANCY ? weeks : 0;
  }

  #hypertensionMmHg(agoYears: number): number {
    const hypertension = afflictionsOf(this.#profile).find(([course]) => course === 'hypertension');
    if (hypertension === undefined) return 0;
    const treatedYears = hypertension[1] - agoYears;
    if (treatedYears <= 0) return 32 + Math.max(-24, treatedYears * 6);
    return 6 + 26 * Math.exp(-treatedYears * 4);
  }
}
