import { z } from 'zod';
import type { ClientConfiguration } from '../clients/client-configuration.ts';
import type { AccountChange, NewAccount } from '../directory/account.ts';
import { roles } from '../directory/role.ts';
import { IdentityError } from '../errors.ts';

/** No text of these requests is longer; each has its own rule behind this. */
const MAX_TEXT = 4096; // scopes of an app that asks for every type

const text = z.string().min(1).max(MAX_TEXT);
const outside = z.strictObject({ issuer: text, subject: text });
const role = z.enum(roles);

const account = z.strictObject({
  login: text,
  name: text,
  roles: z.array(role).min(1).max(roles.length),
  fhirUser: text.optional(),
  outside: outside.optional(),
});

const change = z.strictObject({
  name: text.optional(),
  roles: z.array(role).min(1).max(roles.length).optional(),
  fhirUser: text.optional(),
  outside: outside.optional(),
  closed: z.boolean().optional(),
});

const client = z.strictObject({
  id: text,
  name: text.optional(),
  scope: text,
  purposes: z.array(text).min(1).default(['TREAT']),
  secret: z.boolean().default(false),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).optional(),
  jwksUri: text.optional(),
  redirectUris: z.array(text).optional(),
  postLogoutRedirectUris: z.array(text).optional(),
  launchUri: text.optional(),
});

const confirmation = z.strictObject({ registration: text });

/** Somebody new. Throws IdentityError `request-invalid` naming the members that are wrong. */
export function newAccount(body: Record<string, unknown>): NewAccount {
  return defined(read(account, body)) as NewAccount;
}

/** What changes about somebody. Throws IdentityError `request-invalid`. */
export function accountChange(body: Record<string, unknown>): AccountChange {
  return defined(read(change, body)) as AccountChange;
}

/** A client to be registered; `secret` asks for one to be made. Throws IdentityError `request-invalid`. */
export function clientRequest(body: Record<string, unknown>): ClientConfiguration & { secret: boolean } {
  return read(client, body);
}

/** Which registration of a client is confirmed. Throws IdentityError `request-invalid`. */
export function confirmedRegistration(body: Record<string, unknown>): string {
  return read(confirmation, body).registration;
}

function read<T extends z.ZodType>(schema: T, body: Record<string, unknown>): z.output<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const wrong = [
    ...new Set(parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)),
  ];
  throw new IdentityError('request-invalid', `${wrong.slice(0, 5).join('; ')}.`);
}

function defined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));
}
