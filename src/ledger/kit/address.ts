import { parseLogOrigin } from '../../proof/index.ts';
import { type Field, makeField, malformed } from './field.ts';

/** Where a member is reached and what its log is called. */
export interface Address {
  /** Absolute base URL of the member's node for this organisation, without a slash at its end. */
  readonly url: string;
  /** Origin of a log: `<host>/orgs/<org>`, successors `…/<k>`. */
  readonly origin: string;
}

/** Room for a host name (253) and a path, not for a message. */
const MAX_URL_LENGTH = 300;
/** As a URL: a host name and an organisation's id. */
const MAX_ORIGIN_LENGTH = 300;
const URL_CHARACTERS = /^https?:\/\/[a-z0-9.[\]:-]+(?:\/[A-Za-z0-9._~-]+)*$/;
const ORIGIN_CHARACTERS = /^[a-z0-9.:-]+\/orgs\/[a-z0-9-]+(?:\/\d+)?$/;

/** A member's public base URL and log origin; in transactions of `membership` only. */
export function address(): Field<Address> {
  return makeField({ kind: 'address' }, (value, path) => {
    const expected = 'an object of url and origin';
    if (typeof value !== 'object' || value === null || Array.isArray(value)) malformed(path, expected);
    const { url, origin, ...others } = value as Record<string, unknown>;
    if (Object.keys(others).length > 0) malformed(path, expected);
    return { url: parseUrl(url, `${path}.url`), origin: parseOrigin(origin, `${path}.origin`) };
  });
}

/** A log's origin; in queries only, whose arguments are not recorded. */
export function origin(): Field<string> {
  return makeField({ kind: 'origin' }, parseOrigin);
}

function parseUrl(value: unknown, path: string): string {
  const isUrl = typeof value === 'string' && value.length <= MAX_URL_LENGTH && URL_CHARACTERS.test(value);
  if (!isUrl || !URL.canParse(value))
    malformed(path, 'an absolute http or https URL of host and path, no slash at its end');
  return value;
}

function parseOrigin(value: unknown, path: string): string {
  const isOrigin =
    typeof value === 'string' && value.length <= MAX_ORIGIN_LENGTH && ORIGIN_CHARACTERS.test(value);
  if (!isOrigin || parseLogOrigin(value) === undefined)
    malformed(path, 'a log origin such as example.org/orgs/st-mary');
  return value;
}
