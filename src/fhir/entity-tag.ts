import { FhirError } from './errors.ts';

const ONE = /^(?:W\/)?"([1-9]\d{0,14})"$/;

/** Weak ETag of a version id (FHIR R4 §versioning). */
export function etagOf(version: number): string {
  return `W/"${version}"`;
}

/** Whether a header names the version: `*` names any. Undefined when the header is no list of ETags of this server. */
function names(header: string, version: number): boolean | undefined {
  const tags = header.split(',').map((tag) => tag.trim());
  if (tags.length === 1 && tags[0] === '*') return true;
  const wanted: number[] = [];
  for (const tag of tags) {
    const match = ONE.exec(tag);
    if (match === null) return undefined;
    wanted.push(Number(match[1]));
  }
  return wanted.includes(version);
}

/**
 * FHIR R4 §concurrency, RFC 9110 §13.1.1: the write goes on only when the newest version is one of those named. `current` is
 * undefined where nothing stands, or nothing that the asker may see. Throws FhirError `precondition-failed`, or `invalid` for
 * what is no ETag.
 */
export function requireMatch(ifMatch: string | undefined, current: number | undefined): void {
  if (ifMatch === undefined) return;
  const matches = names(ifMatch, current ?? 0);
  if (matches === undefined)
    throw new FhirError('invalid', 'If-Match must hold ETags of this server, such as W/"3".');
  if (!matches || current === undefined)
    throw new FhirError('precondition-failed', 'The resource has changed since that version.');
}

/** RFC 9110 §13.1.2 on a write: `*` lets it create only. Throws FhirError `precondition-failed`. */
export function requireNoneMatch(ifNoneMatch: string | undefined, current: number | undefined): void {
  if (ifNoneMatch !== undefined && current !== undefined && names(ifNoneMatch, current) !== false)
    throw new FhirError('precondition-failed', 'The resource is there already.');
}

/** RFC 9110 §13.1.2 on a read: true when the client has this version, which is answered with 304. */
export function isKnown(ifNoneMatch: string | undefined, version: number): boolean {
  return ifNoneMatch !== undefined && names(ifNoneMatch, version) === true;
}
