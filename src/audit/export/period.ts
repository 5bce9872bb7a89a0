import type { Search } from '../../r4/index.ts';
import { type Asked, dayIn } from '../audited-route.ts';

const DAY_MS = 86_400_000; // 24 h
/** Where a period begins when nothing is said: six years of documentation (45 CFR 164.316(b)(2)(i)). */
const DEFAULT_DAYS = 6 * 366;

/** What an export is of. */
export interface Period {
  /** The patient whose events these are; undefined for those of everybody. */
  readonly patient: string | undefined;
  readonly fromMs: number;
  /** Exclusive. */
  readonly untilMs: number;
}

/** The period that a request names. Throws AuditError `malformed`. */
export function periodIn(asked: Asked, patient: string | undefined, nowMs: number): Period {
  const untilDay = dayIn(asked, 'until');
  return {
    patient,
    fromMs: dayIn(asked, 'from') ?? nowMs - DEFAULT_DAYS * DAY_MS,
    untilMs: untilDay === undefined ? nowMs : untilDay + DAY_MS,
  };
}

/** The search for the AuditEvents of a period. */
export function searchFor({ patient, fromMs, untilMs }: Period): Search {
  const at = (prefix: 'ge' | 'lt', ms: number) => ({
    kind: 'date' as const,
    param: 'date',
    hidden: false,
    values: [{ prefix, low: ms, high: ms, text: new Date(ms).toISOString() }],
  });
  const values = patient === undefined ? [] : [{ by: 'id' as const, types: ['Patient'], id: patient }];
  const own = values.length === 0 ? [] : [{ kind: 'reference' as const, param: 'patient', values }];
  const filters = [...own, at('ge', fromMs), at('lt', untilMs)];
  return { type: 'AuditEvent', filters, includes: [], revIncludes: [], sort: [] };
}
