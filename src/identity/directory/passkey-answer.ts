/** A credential id in base64url. */
const MAX_ID_CHARACTERS = 1_364; // WebAuthn Level 3 §5.1.3 allows 1023 bytes

/** The credential id of an answer; undefined when it is none. */
export function idOf(response: unknown): string | undefined {
  const { id } = (response ?? {}) as { id?: unknown };
  return typeof id === 'string' && id.length <= MAX_ID_CHARACTERS ? id : undefined;
}

/** The challenge that an answer claims to be for (WebAuthn Level 3 §5.8.1); what it is worth is checked by the library. */
export function challengeOf(response: unknown): string | undefined {
  const { clientDataJSON } = ((response as { response?: unknown } | null)?.response ?? {}) as {
    clientDataJSON?: unknown;
  };
  if (typeof clientDataJSON !== 'string') return undefined;
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString()) as {
      challenge?: unknown;
    };
    return typeof challenge === 'string' ? challenge : undefined;
  } catch {
    return undefined;
  }
}
