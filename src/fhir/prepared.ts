import { type LabelRules, labelled } from '../consent/index.ts';
import {
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
import { FhirError, type OutcomeIssue } from './errors.ts';
import { fromParse } from './translate.ts';

/** A resource that was parsed, without id and version yet. */
export interface Prepared {
  readonly type: string;
  readonly resource: Resource;
  /** Canonical text with the digits received. */
  readonly text: string;
}

/** A parsed resource out of a body. Throws FhirError `not-json`, `invalid`, `too-large` or `unknown-type`. */
export function parsed(body: string): Prepared {
  try {
    const { resource, text } = parseResource(body);
    return { type: resource.resourceType, resource, text };
  } catch (error) {
    throw error instanceof R4ParseError ? fromParse(error) : error;
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

/** Parses and validates what a client wants to write. Throws as {@link parsed} and {@link requireValid}, and FhirError `type-mismatch`. */
export function prepare(body: string, type: string): Prepared {
  const prepared = parsed(body);
  if (prepared.type !== type) {
    throw new FhirError('type-mismatch', `The body is a ${prepared.type}, the URL says ${type}.`, {
      expression: 'resourceType',
    });
  }
  requireValid(prepared);
  return prepared;
}

/** Throws FhirError `resource-invalid`, naming every element at fault, when validation found an error. */
export function requireValid(prepared: Prepared): void {
  const errors = validationIssues(prepared).filter(
    (issue) => issue.severity === 'error' || issue.severity === 'fatal',
  );
  if (errors.length > 0)
    throw new FhirError('resource-invalid', 'The resource is not valid FHIR R4.', { issues: errors });
}

/** Throws FhirError `id-mismatch` unless the body says the id that the URL says (FHIR R4 §http-update). */
export function requireSameId(prepared: Prepared, id: string): void {
  if (prepared.resource.id !== id) {
    throw new FhirError('id-mismatch', 'The id in the body must equal the id in the URL.', {
      expression: `${prepared.type}.id`,
    });
  }
}

/** What a prepared resource says of itself once its id is known: for whom, and about what. */
export function factsOf(prepared: Prepared, id: string): DecisionFacts {
  return decisionFacts({ ...prepared.resource, id });
}

/** A version that is ready but for its number. */
export interface Draft {
  readonly facts: DecisionFacts;
  /** The write under a version number, with its text. */
  readonly at: (version: number) => VersionWrite & { readonly text: string };
}

/**
 * The next version of `type/id` as it will be stored: indexed and canonical, but for the number, which is known when the
 * resource is locked. `lastUpdated` is RFC 3339 with milliseconds. It is labelled by these rules.
 */
export function draft(
  prepared: Prepared,
  id: string,
  lastUpdated: string,
  actor: string,
  labels: LabelRules,
): Draft {
  const { type, text } = prepared;
  const resource = { ...prepared.resource, id, meta: { ...prepared.resource.meta, lastUpdated } };
  // Computed labels are sealed beside the version; they are no part of its content (FORMATS §1).
  const facts = labelled(labels, decisionFacts(resource));
  const index: IndexEntry[] = extractIndex(resource);
  const { patients } = facts;
  return {
    facts,
    at: (version) => ({
      type,
      id,
      version,
      lastUpdated,
      text: withServerFields(text, { id, meta: { versionId: String(version), lastUpdated } }),
      patients,
      index,
      facts,
      actor,
    }),
  };
}
