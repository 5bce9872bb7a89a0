import {
  compartments,
  type DecisionFacts,
  decisionFacts,
  extractIndex,
  type IndexEntry,
  parseResource,
  R4ParseError,
  type Resource,
  validate,
  withServerFields,
} from '../r4/index.ts';
import type { VersionWrite } from '../vault/index.ts';
import { FhirError, type FhirErrorCode, type OutcomeIssue } from './errors.ts';

/** A resource that was parsed and found valid, without id and version yet. */
export interface Prepared {
  readonly type: string;
  readonly resource: Resource;
  /** Canonical text with the digits received. */
  readonly text: string;
}

const PARSE_REFUSALS = {
  'invalid-json': 'not-json',
  'duplicate-name': 'invalid',
  'too-large': 'too-large',
  'not-a-resource': 'invalid',
  'unknown-resource-type': 'unknown-type',
} as const satisfies Record<R4ParseError['code'], FhirErrorCode>;

/** A parsed resource out of a body. Throws FhirError `not-json` or `invalid` naming the element. */
export function parsed(body: string): Prepared {
  try {
    const { resource, text } = parseResource(body);
    return { type: resource.resourceType, resource, text };
  } catch (error) {
    if (!(error instanceof R4ParseError)) throw error;
    const code = PARSE_REFUSALS[error.code];
    throw new FhirError(code, error.message, error.expression === '' ? {} : { expression: error.expression });
  }
}

/** What validation found, as outcome issues; empty when there is nothing to say. */
export function validationIssues(prepared: Prepared): OutcomeIssue[] {
  return validate(prepared.resource, prepared.text).map((issue) => ({
    severity: issue.severity,
    type: issue.code,
    code: issue.rule,
    message: issue.message,
    expression: issue.expression,
    clause: issue.clause,
  }));
}

/** Parses and validates what a client wants to write. Throws FhirError `resource-invalid` with every issue. */
export function prepare(body: string, type?: string): Prepared {
  const prepared = parsed(body);
  if (type !== undefined && prepared.type !== type) {
    throw new FhirError('type-mismatch', `The body is a ${prepared.type}, the URL says ${type}.`, {
      expression: 'resourceType',
    });
  }
  requireValid(prepared);
  return prepared;
}

/** Throws FhirError `resource-invalid` when validation found an error. */
export function requireValid(prepared: Prepared): void {
  const errors = validationIssues(prepared).filter(
    (issue) => issue.severity === 'error' || issue.severity === 'fatal',
  );
  if (errors.length > 0)
    throw new FhirError('resource-invalid', 'The resource is not valid FHIR R4.', { issues: errors });
}

/** What a prepared resource says of itself once its id is known: for whom, and about what. */
export function aspects(prepared: Prepared, id: string): { facts: DecisionFacts; patients: string[] } {
  const named = { ...prepared.resource, id } as Resource;
  return { facts: decisionFacts(named), patients: compartments(named).patients };
}

/** The version as it will be stored: server fields set, indexed, canonical. `lastUpdated` is RFC 3339 with milliseconds. */
export function versionOf(
  prepared: Prepared,
  id: string,
  version: number,
  lastUpdated: string,
  actor: string,
): VersionWrite & { text: string } {
  const meta = { ...prepared.resource.meta, versionId: String(version), lastUpdated };
  const resource = { ...prepared.resource, id, meta } as Resource;
  const index: IndexEntry[] = extractIndex(resource);
  return {
    type: prepared.type,
    id,
    version,
    lastUpdated,
    text: withServerFields(prepared.text, { id, meta: { versionId: String(version), lastUpdated } }),
    patients: compartments(resource).patients,
    index,
    facts: decisionFacts(resource),
    actor,
  };
}
