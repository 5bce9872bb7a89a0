import type { Organization, Reference } from '@medplum/fhirtypes';
import type { CareOrganisation } from './profile.ts';
import type { Chart } from './records/chart.ts';
import { claim } from './records/claim.ts';
import { cover } from './records/coverage.ts';
import { Adjudication } from './records/explanation-of-benefit.ts';
import type { Visit } from './records/visit.ts';

/** Where the payer finds the providers among its own Organizations. */
export type Providers = Readonly<Record<CareOrganisation, Reference<Organization>>>;

/** A visit and the organisation that billed it. */
export interface BilledVisit {
  readonly at: CareOrganisation;
  readonly visit: Visit;
}

/** Writes an insured person's record at the payer: the coverage, and a claim with its settlement for each visit since. */
export function writeMemberRecord(chart: Chart, providers: Providers, visits: readonly BilledVisit[]): void {
  const { insuredYears } = chart.profile;
  if (insuredYears === undefined) return;
  const sinceMs = chart.yearsAgo(insuredYears);
  const coverage = cover(chart, sinceMs);
  const adjudication = new Adjudication(chart, coverage);
  const billed = visits
    .filter(({ visit }) => visit.startMs >= sinceMs)
    .toSorted((left, right) => left.visit.startMs - right.visit.startMs);
  for (const { at, visit } of billed) {
    const bill = claim(chart, coverage, at, providers[at], visit);
    if (bill !== undefined) adjudication.decide(bill);
  }
}
