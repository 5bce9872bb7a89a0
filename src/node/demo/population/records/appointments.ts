import { DAY_MS, YEAR_MS } from '../calendar.ts';
import type { Term } from '../code-system.ts';
import type { Sensitivity } from '../sensitivity.ts';
import type { Chart } from './chart.ts';
import { type VisitKind, visit } from './encounter.ts';
import type { Visit } from './visit.ts';

/** Visits that come back at an interval. */
export interface Series {
  readonly kind: VisitKind;
  readonly reason: Term;
  /** What the visits are for from some moment on, when that changes. */
  readonly later?: { readonly fromMs: number; readonly reason: Term };
  /** The first one. */
  readonly fromMs: number;
  readonly everyMonths: number;
  /** None begins after this; until the day of generation when left out. */
  readonly untilMs?: number;
  readonly sensitivity?: Sensitivity | undefined;
}

/** A visit of a series: which one it is, from 0, and the years since the first. */
export interface Appointment {
  readonly visit: Visit;
  readonly index: number;
  readonly years: number;
}

/** Appointments are kept within this many days of the interval. */
const JITTER_DAYS = 9;

function reasonOn(series: Series, dayMs: number): Term {
  return series.later !== undefined && dayMs >= series.later.fromMs ? series.later.reason : series.reason;
}

/** Records the visits of a series one after the other and yields each as it happens. */
export function* appointments(chart: Chart, series: Series): Generator<Appointment> {
  const untilMs = Math.min(series.untilMs ?? chart.nowMs, chart.nowMs);
  for (let index = 0; ; index += 1) {
    const dueMs = series.fromMs + (index * series.everyMonths * YEAR_MS) / 12;
    const dayMs = index === 0 ? dueMs : dueMs + chart.random.integer(-JITTER_DAYS, JITTER_DAYS) * DAY_MS;
    if (dayMs > untilMs) return;
    const happened = visit(chart, series.kind, dayMs, reasonOn(series, dayMs), {
      sensitivity: series.sensitivity,
    });
    if (happened === undefined) return;
    yield { visit: happened, index, years: (happened.startMs - series.fromMs) / YEAR_MS };
  }
}
