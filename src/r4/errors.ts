/** Closed set of reasons why a text was not taken as a FHIR resource. */
export type R4ParseErrorCode =
  /** Not one JSON value (RFC 8259), or a string that is not well-formed Unicode. */
  | 'invalid-json'
  /** An object names the same member twice: two readers could see two resources. */
  | 'duplicate-name'
  /** Nested deeper, or longer, than the limits allow. */
  | 'too-large'
  /** The value is not a JSON object, or has no `resourceType`. */
  | 'not-a-resource'
  /** `resourceType` names no concrete FHIR R4 resource. */
  | 'unknown-resource-type';

/** A text that is no FHIR resource. The message holds nothing of the content. */
export class R4ParseError extends Error {
  readonly code: R4ParseErrorCode;
  /** FHIRPath of the element at fault, for `OperationOutcome.issue.expression`; empty when it is the whole. */
  readonly expression: string;

  constructor(code: R4ParseErrorCode, message: string, expression = '', options?: ErrorOptions) {
    super(message, options);
    this.name = 'R4ParseError';
    this.code = code;
    this.expression = expression;
  }
}
