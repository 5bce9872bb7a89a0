import type { DecisionFacts } from '../r4/index.ts';
import { ANY_ACTION, actionBits } from './consent-action.ts';
import type { DecisionRequest } from './decision.ts';
import { levelOf } from './security-label.ts';

/** A request for one resource, with what every provision would work out again. */
export interface Asked {
  readonly request: DecisionRequest;
  readonly facts: DecisionFacts;
  /** Bits of `consentaction`; all when the request does not say. */
  readonly actions: number;
  /** Highest confidentiality among the labels; -1 when there is none. */
  readonly level: number;
  /** Every label that is no confidentiality. */
  readonly labels: readonly string[];
}

const ACCESS = actionBits(['access']) ?? ANY_ACTION;
const NO_LABELS: readonly string[] = [];

/** Takes a request apart; `further` are labels of a part of the resource, beside those of the whole. */
export function ask(
  request: DecisionRequest,
  facts: DecisionFacts,
  further: readonly string[] = NO_LABELS,
): Asked {
  let level = -1;
  let labels: string[] | undefined;
  for (const list of [facts.labels, further]) {
    for (const label of list) {
      const found = levelOf(label);
      if (found === undefined) {
        if (labels === undefined) labels = [label];
        else labels.push(label);
      } else if (found > level) level = found;
    }
  }
  const actions = request.actions === undefined ? ACCESS : (actionBits(request.actions) ?? ANY_ACTION);
  return { request, facts, actions, level, labels: labels ?? NO_LABELS };
}
