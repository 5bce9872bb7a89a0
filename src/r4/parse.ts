import { canonicalizeJsonText, ProofError } from '../proof/index.ts';
import { R4ParseError, type R4ParseErrorCode } from './errors.ts';
import { isObject, isResourceType, type Resource } from './resource.ts';

/** Bounds on what is parsed. */
export interface ParseLimits {
  /** Longest text, in UTF-16 code units. */
  readonly maxLength: number;
}

/** As large as the largest resource of the official examples (35 MB) with room to spare; HTTP sets its own, smaller. */
const MAX_TEXT_LENGTH = 64 * 1024 * 1024;

/** A resource with its text. */
export interface ParsedResource {
  readonly resource: Resource;
  /** Canonical JSON (RFC 8785) that keeps numbers as received: what is stored, hashed and answered. */
  readonly text: string;
}

const CODES: Partial<Record<string, R4ParseErrorCode>> = {
  'duplicate-name': 'duplicate-name',
  'too-large': 'too-large',
};

/**
 * Reads one resource of a concrete R4 type from JSON text. Nothing of its content is validated yet.
 * Throws {@link R4ParseError} for anything else: no JSON, a name twice, too deep (128 levels) or long, no known type.
 */
export function parseResource(text: string, limits: Partial<ParseLimits> = {}): ParsedResource {
  if (text.length > (limits.maxLength ?? MAX_TEXT_LENGTH))
    throw new R4ParseError('too-large', 'The resource is longer than this interface takes.');
  // A byte order mark may precede JSON and may be ignored (RFC 8259 §8.1).
  const canonical = canonicalText(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  const value: unknown = JSON.parse(canonical);
  if (!isObject(value)) throw new R4ParseError('not-a-resource', 'A resource is a JSON object.');
  const { resourceType } = value;
  if (typeof resourceType !== 'string')
    throw new R4ParseError('not-a-resource', 'A resource names its type in "resourceType".', 'resourceType');
  if (!isResourceType(resourceType))
    throw new R4ParseError(
      'unknown-resource-type',
      'The "resourceType" is no FHIR R4 resource.',
      'resourceType',
    );
  return { resource: value as unknown as Resource, text: canonical };
}

/** Canonical JSON of one JSON value, digits kept. Throws {@link R4ParseError}. */
function canonicalText(text: string): string {
  try {
    return canonicalizeJsonText(text);
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    throw new R4ParseError(CODES[error.code] ?? 'invalid-json', error.message, '', { cause: error });
  }
}
