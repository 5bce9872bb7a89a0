import { FhirError, type OutcomeIssue } from '../errors.ts';

const PART = /^(request|resource)(\.|$)/;
const ELEMENT = /^([A-Z][A-Za-z]*)(\.|$)/;

/**
 * `Patient.gender` becomes `Bundle.entry[3].resource.gender`, `request.method` becomes `Bundle.entry[3].request.method`, and a search
 * parameter is part of `request.url`.
 */
function within(issue: OutcomeIssue, index: number): OutcomeIssue {
  const at = `Bundle.entry[${index}]`;
  const { expression } = issue;
  if (expression === undefined) return { ...issue, expression: at };
  if (expression.startsWith('Bundle.entry')) return issue;
  if (PART.test(expression)) return { ...issue, expression: `${at}.${expression}` };
  if (expression === 'resourceType') return { ...issue, expression: `${at}.resource` };
  if (!ELEMENT.test(expression)) return { ...issue, expression: `${at}.request.url` };
  const path = expression.replace(ELEMENT, '');
  return { ...issue, expression: path === '' ? `${at}.resource` : `${at}.resource.${path}` };
}

function atIndex(error: unknown, index: number): unknown {
  if (!(error instanceof FhirError)) return error;
  const issues = error.issues.map((issue) => within(issue, index));
  return new FhirError(error.code, error.message, {
    stable: error.stable,
    issues,
    headers: error.headers,
    cause: error,
  });
}

/** Does work for one entry; a FhirError that it throws names the entry. */
export function atEntry<T>(index: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw atIndex(error, index);
  }
}

/** As {@link atEntry}, for work that takes its time. */
export async function atEntryAsync<T>(index: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw atIndex(error, index);
  }
}
