import { z } from 'zod';
import { fromBase64, type JsonObject, ProofError, parseJsonKeepingDigits } from '../proof/index.ts';
import { REVOCATION_REASONS } from './contract-state.ts';
import { ConsentError } from './errors.ts';

/** Links of one consent: more than a patient has organisations. */
const MAX_LINKS = 64; // each costs a signature check

/** Bytes of a commitment's salt: 16 are enough to hide what is committed to, more than 64 add nothing. */
const SALT_BYTES = { least: 16, most: 64 };

const base64 = (least: number, most = least) =>
  z
    .string()
    .max(128)
    .refine((text) => {
      const length = bytesIn(text);
      return length >= least && length <= most;
    });

function bytesIn(text: string): number {
  try {
    return fromBase64(text).length;
  } catch (error) {
    if (error instanceof ProofError) return -1;
    throw error;
  }
}

const id = z.string().regex(/^[0-9a-f]{32}$/);
const sequence = z.int().min(1);
const key = base64(32);
const signature = base64(64);
const organisation = z.string().regex(/^[a-z][a-z0-9-]{1,31}$/);

const grant = z.strictObject({
  id,
  patient: z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/),
  consent: z.custom<JsonObject>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  ),
  sequence,
  salt: base64(SALT_BYTES.least, SALT_BYTES.most),
  subjectKey: key,
  signature,
  enrolment: signature,
  links: z.array(z.strictObject({ organisation, key, signature })).max(MAX_LINKS).optional(),
});

const revocation = z.union([
  z.strictObject({ sequence, signature }),
  z.strictObject({ sequence, reason: z.enum(REVOCATION_REASONS) }),
]);

const rebinding = z.strictObject({ sequence, newKey: key, signature: signature.optional() });
const veto = z.strictObject({ sequence, newKey: key, signature });

/** Body of `POST …/consents`. */
export type GrantRequest = z.infer<typeof grant>;
/** Body of `POST …/consents/{id}/revoke`. */
export type RevocationRequest = z.infer<typeof revocation>;
/** Body of `POST …/consents/{id}/rebind`. */
export type RebindingRequest = z.infer<typeof rebinding>;
/** Body of `POST …/consents/{id}/veto`. */
export type VetoRequest = z.infer<typeof veto>;

/** Each parses a JSON body, exactly in the form of FORMATS §5. Throws ConsentError `malformed`, which names the members at fault. */
export const parseBody = {
  grant: (body: unknown): GrantRequest => parse(grant, body),
  revocation: (body: unknown): RevocationRequest => parse(revocation, body),
  rebinding: (body: unknown): RebindingRequest => parse(rebinding, body),
  veto: (body: unknown): VetoRequest => parse(veto, body),
};

/** A consent id out of a path. Throws ConsentError `consent-unknown`: what cannot be an id is none. */
export function parseConsentId(text: string): string {
  if (id.safeParse(text).success) return text;
  throw new ConsentError('consent-unknown', 'There is no such consent, or you may not see it.');
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  if (typeof body !== 'string') throw new ConsentError('malformed', 'A JSON body is needed.');
  const result = schema.safeParse(jsonOf(body));
  if (result.success) return result.data;
  const members = [...new Set(result.error.issues.map(({ path }) => path.join('.')))].filter(
    (path) => path !== '',
  );
  const which = members.length === 0 ? '' : ` Wrong or missing: ${members.join(', ')}.`;
  throw new ConsentError('malformed', `The body is not of the form of this request.${which}`);
}

/** Numbers keep their digits: what was signed is stored as it was sent. */
function jsonOf(body: string): unknown {
  try {
    return parseJsonKeepingDigits(body);
  } catch (cause) {
    if (cause instanceof ProofError) throw new ConsentError('malformed', 'The body is not JSON.', { cause });
    throw cause;
  }
}
