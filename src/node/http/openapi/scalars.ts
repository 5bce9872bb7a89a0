import type { Schema } from './operation-object.ts';

/** Text, of a pattern where one is given. */
export const string = (pattern?: string): Schema =>
  pattern === undefined ? { type: 'string' } : { type: 'string', pattern };
/** RFC 3339. */
export const time: Schema = { type: 'string', format: 'date-time' };
/** A number from 0. */
export const count: Schema = { type: 'integer', minimum: 0 };
/** A list. */
export const array = (items: Schema): Schema => ({ type: 'array', items });

/** 128 random bits (FORMATS). */
export const ID: Schema = string('^[0-9a-f]{32}$');
/** An organisation's id (DESIGN §6). */
export const ORGANISATION: Schema = string('^[a-z][a-z0-9-]{1,31}$');
/** A FHIR logical id (FHIR R4 §datatypes). */
export const LOGICAL_ID: Schema = string('^[A-Za-z0-9.-]{1,64}$');
/** 32 bytes. */
export const key: Schema = { ...string('^[A-Za-z0-9+/]{43}=$'), description: 'Base64 of 32 bytes.' };
/** 64 bytes. */
export const signature: Schema = { ...string('^[A-Za-z0-9+/]{86}==$'), description: 'Base64 of 64 bytes.' };
/** The sequence of a consent (FORMATS). */
export const sequence: Schema = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER };
/** SHA-256. */
export const hash = string('^[0-9a-f]{64}$');

/** An object whose members are required, except those named. */
export const object = (
  properties: { readonly [name: string]: Schema },
  optional: readonly string[] = [],
): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});
