/** The three rights of individuals that run against a clock. */
export type RightsKind = 'access' | 'amendment' | 'accounting';

interface Clock {
  readonly clause: string;
  readonly days: number;
  readonly extensionDays: number;
  readonly extensionClause: string;
}

/** Days from receipt within which the organisation must act, and by how many it may extend that, once. */
export const CLOCKS: Readonly<Record<RightsKind, Clock>> = {
  access: {
    clause: '45 CFR 164.524(b)(2)(i)',
    days: 30,
    extensionDays: 30,
    extensionClause: '45 CFR 164.524(b)(2)(ii)',
  },
  amendment: {
    clause: '45 CFR 164.526(b)(2)(i)',
    days: 60,
    extensionDays: 30,
    extensionClause: '45 CFR 164.526(b)(2)(ii)',
  },
  accounting: {
    clause: '45 CFR 164.528(c)(1)(i)',
    days: 60,
    extensionDays: 30,
    extensionClause: '45 CFR 164.528(c)(1)(ii)',
  },
};

const DAY_MS = 86_400_000; // 24 h
/** One accounting in any twelve months is free (45 CFR 164.528(c)(2)). */
const FREE_MONTHS = 12;

/** When the organisation must have acted on a request received at a time. */
export function dueAt(kind: RightsKind, received: Date): Date {
  return new Date(received.getTime() + CLOCKS[kind].days * DAY_MS);
}

/** The latest date that a request may be extended to. */
export function latestExtension(kind: RightsKind, received: Date): Date {
  const { days, extensionDays } = CLOCKS[kind];
  return new Date(received.getTime() + (days + extensionDays) * DAY_MS);
}

/** Whether an accounting asked for now is free: none was asked for in the twelve months before. */
export function isFree(earlier: readonly Date[], now: Date): boolean {
  const since = new Date(now);
  since.setUTCMonth(since.getUTCMonth() - FREE_MONTHS);
  return !earlier.some((each) => each > since && each <= now);
}
