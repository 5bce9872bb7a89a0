import type { CarePlan, CarePlanActivity, Condition, Goal, GoalTarget, Reference } from '@medplum/fhirtypes';
import { dateOf, YEAR_MS } from '../calendar.ts';
import { concept, hl7, type Term } from '../code-system.ts';
import type { Measurement } from '../terminology/measurement.ts';
import type { Chart } from './chart.ts';
import { quantityOf } from './observation.ts';
import type { Visit } from './visit.ts';

const IN_PROGRESS = hl7('goal-achievement', 'in-progress', 'In Progress');
const ACHIEVED = hl7('goal-achievement', 'achieved', 'Achieved');

/** What a plan wants to reach: a measurement below or above a value. */
export interface Aim {
  readonly description: string;
  readonly measure: Measurement;
  readonly below?: number;
  readonly above?: number;
  readonly achieved?: boolean;
}

/** A plan of care for one condition. */
export interface Plan {
  readonly title: string;
  readonly condition: Reference<Condition>;
  readonly conditionName: Term;
  readonly activities: readonly string[];
  readonly aim?: Aim;
}

function target(aim: Aim, dueMs: number): GoalTarget {
  return {
    measure: concept(aim.measure.code),
    detailRange: {
      ...(aim.above === undefined ? {} : { low: quantityOf(aim.measure, aim.above) }),
      ...(aim.below === undefined ? {} : { high: quantityOf(aim.measure, aim.below) }),
    },
    dueDate: dateOf(dueMs),
  };
}

function activity(description: string): CarePlanActivity {
  return { detail: { status: 'in-progress', code: { text: description }, description } };
}

/** Records a plan of care made at a visit, with the goal it follows. */
export function plan(chart: Chart, visit: Visit, wanted: Plan): void {
  const { aim } = wanted;
  const goal =
    aim === undefined
      ? undefined
      : chart.add<Goal>(
          {
            resourceType: 'Goal',
            lifecycleStatus: 'active',
            achievementStatus: concept(aim.achieved === true ? ACHIEVED : IN_PROGRESS),
            description: { text: aim.description },
            subject: chart.patient,
            startDate: dateOf(visit.startMs),
            target: [target(aim, visit.startMs + YEAR_MS)],
            addresses: [wanted.condition],
          },
          visit.sensitivity,
        );
  chart.add<CarePlan>(
    {
      resourceType: 'CarePlan',
      status: 'active',
      intent: 'plan',
      category: [
        {
          coding: [
            { system: 'http://hl7.org/fhir/us/core/CodeSystem/careplan-category', code: 'assess-plan' },
          ],
        },
      ],
      title: wanted.title,
      description: `Plan of care for ${wanted.conditionName.display}`,
      subject: chart.patient,
      encounter: visit.encounter,
      period: { start: dateOf(visit.startMs) },
      created: dateOf(visit.startMs),
      author: visit.clinician,
      addresses: [wanted.condition],
      ...(goal === undefined ? {} : { goal: [goal] }),
      activity: wanted.activities.map(activity),
    },
    visit.sensitivity,
  );
}
