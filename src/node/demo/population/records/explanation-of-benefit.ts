import type {
  Coverage,
  ExplanationOfBenefit,
  ExplanationOfBenefitItem,
  ExplanationOfBenefitItemAdjudication,
  Reference,
} from '@medplum/fhirtypes';
import { DAY_MS, dateOf, instantOf, yearOf } from '../calendar.ts';
import { concept, hl7, type Term } from '../code-system.ts';
import type { Chart } from './chart.ts';
import type { Bill } from './claim.ts';
import { cents, dollars } from './price.ts';

const AMOUNT = {
  submitted: hl7('adjudication', 'submitted', 'Submitted Amount'),
  eligible: hl7('adjudication', 'eligible', 'Eligible Amount'),
  deductible: hl7('adjudication', 'deductible', 'Deductible'),
  copay: hl7('adjudication', 'copay', 'CoPay'),
  benefit: hl7('adjudication', 'benefit', 'Benefit Amount'),
} as const satisfies Record<string, Term>;

/** US dollars that a member pays first each calendar year. */
const YEARLY_DEDUCTIBLE = 500;
/** The member's part of what comes after. */
const MEMBER_SHARE = 0.2;
/** The plan allows that part of a list price. */
const ALLOWED_SHARE = 0.82;
/** Claims are paid within this many days. */
const PAID_WITHIN_DAYS = 14;

/** Returns what each part of one line comes to, after `deductible` dollars that the member still pays first. */
function adjudicate(price: number, deductible: number): Readonly<Record<keyof typeof AMOUNT, number>> {
  const eligible = cents(price * ALLOWED_SHARE);
  const first = Math.min(deductible, eligible);
  const copay = cents((eligible - first) * MEMBER_SHARE);
  return { submitted: price, eligible, deductible: first, copay, benefit: cents(eligible - first - copay) };
}

function amounts(
  parts: Readonly<Record<keyof typeof AMOUNT, number>>,
): ExplanationOfBenefitItemAdjudication[] {
  return (Object.keys(AMOUNT) as (keyof typeof AMOUNT)[]).map((part) => ({
    category: concept(AMOUNT[part]),
    amount: dollars(parts[part]),
  }));
}

/** Decides a member's claims in their order; the deductible runs through the calendar year. */
export class Adjudication {
  readonly #chart: Chart;
  readonly #coverage: Reference<Coverage>;
  readonly #paidFirst = new Map<number, number>();

  constructor(chart: Chart, coverage: Reference<Coverage>) {
    this.#chart = chart;
    this.#coverage = coverage;
  }

  /** Records the explanation of benefit for a claim; none while the claim waits. */
  decide(bill: Bill): void {
    const chart = this.#chart;
    const decidedMs = bill.createdMs + chart.random.integer(2, PAID_WITHIN_DAYS) * DAY_MS;
    if (decidedMs > chart.nowMs) return;
    const total = { submitted: 0, eligible: 0, deductible: 0, copay: 0, benefit: 0 };
    const item: ExplanationOfBenefitItem[] = bill.lines.map(({ service, price }, index) => {
      const parts = adjudicate(price, this.#deductibleLeft(bill.visit.startMs));
      this.#payFirst(bill.visit.startMs, parts.deductible);
      for (const part of Object.keys(total) as (keyof typeof AMOUNT)[])
        total[part] = cents(total[part] + parts[part]);
      return {
        sequence: index + 1,
        diagnosisSequence: [1],
        productOrService: concept(service),
        servicedDate: dateOf(bill.visit.startMs),
        encounter: [bill.encounter],
        adjudication: amounts(parts),
      };
    });
    chart.add<ExplanationOfBenefit>(
      {
        resourceType: 'ExplanationOfBenefit',
        status: 'active',
        type: concept(bill.type),
        use: 'claim',
        patient: chart.patient,
        billablePeriod: { start: instantOf(bill.visit.startMs), end: instantOf(bill.visit.endMs) },
        created: instantOf(decidedMs),
        insurer: chart.site.organisation,
        provider: bill.provider,
        claim: bill.claim,
        outcome: 'complete',
        disposition: 'Settled under the plan',
        diagnosis: [{ sequence: 1, diagnosisCodeableConcept: concept(bill.visit.reason) }],
        insurance: [{ focal: true, coverage: this.#coverage }],
        item,
        total: (Object.keys(AMOUNT) as (keyof typeof AMOUNT)[]).map((part) => ({
          category: concept(AMOUNT[part]),
          amount: dollars(total[part]),
        })),
        payment: { date: dateOf(decidedMs), amount: dollars(total.benefit) },
      },
      bill.visit.sensitivity,
    );
  }

  #deductibleLeft(atMs: number): number {
    return cents(YEARLY_DEDUCTIBLE - (this.#paidFirst.get(yearOf(atMs)) ?? 0));
  }

  #payFirst(atMs: number, amount: number): void {
    const year = yearOf(atMs);
    this.#paidFirst.set(year, cents((this.#paidFirst.get(year) ?? 0) + amount));
  }
}
