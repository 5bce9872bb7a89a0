import type { OutcomeIssue } from './errors.ts';

/** Names the code system of the product's stable codes in `OperationOutcome.issue.details`. */
export const CODE_SYSTEM = 'urn:holdfast:code';

const codings = (...codes: readonly string[]) =>
  [...new Set(codes)].map((code) => ({ system: CODE_SYSTEM, code }));

/**
 * An OperationOutcome (FHIR R4 §OperationOutcome) as JSON text; `issues` must not be empty. Each issue carries its own code and,
 * for a refusal, the refusal's `stable` one.
 */
export function operationOutcome(issues: readonly OutcomeIssue[], stable?: string): string {
  return JSON.stringify({
    resourceType: 'OperationOutcome',
    issue: issues.map((issue) => ({
      severity: issue.severity,
      code: issue.type,
      details: { coding: codings(issue.code, stable ?? issue.code), text: issue.message },
      diagnostics: issue.clause === undefined ? issue.message : `${issue.message} (${issue.clause})`,
      ...(issue.expression === undefined ? {} : { expression: [issue.expression] }),
    })),
  });
}

/** The outcome of an operation that found nothing to object to. */
export function allOk(message: string): string {
  return operationOutcome([{ severity: 'information', type: 'informational', code: 'ok', message }]);
}
