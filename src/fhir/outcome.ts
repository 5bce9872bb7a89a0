import type { OutcomeIssue } from './errors.ts';

/** Names the code system of the product's stable codes in `OperationOutcome.issue.details`. */
export const CODE_SYSTEM = 'urn:holdfast:code';

/** An OperationOutcome (FHIR R4 §OperationOutcome) as JSON text; `issues` must not be empty. */
export function operationOutcome(issues: readonly OutcomeIssue[]): string {
  return JSON.stringify({
    resourceType: 'OperationOutcome',
    issue: issues.map((issue) => ({
      severity: issue.severity,
      code: issue.type,
      details: { coding: [{ system: CODE_SYSTEM, code: issue.code }], text: issue.message },
      diagnostics: issue.clause === undefined ? issue.message : `${issue.message} (${issue.clause})`,
      ...(issue.expression === undefined ? {} : { expression: [issue.expression] }),
    })),
  });
}

/** The outcome of an operation that found nothing to object to. */
export function allOk(message: string): string {
  return operationOutcome([{ severity: 'information', type: 'informational', code: 'ok', message }]);
}
