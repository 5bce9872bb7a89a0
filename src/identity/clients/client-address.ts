const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);
/** Schemes that run something or name no app (RFC 8252 §7.1 asks for a private-use scheme with a dot in its name). */
const privateScheme = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/;
const MAX_ADDRESS_CHARACTERS = 2048; // what browsers take everywhere

/**
 * Where people may be sent back to: https, http on their own machine, or a native app's own scheme; exactly as written, without
 * fragment or wildcard (RFC 9700 §2.1).
 */
export function isRedirectUri(text: string): boolean {
  const url = text.length > MAX_ADDRESS_CHARACTERS ? null : URL.parse(text);
  if (url === null || url.href.includes('#') || text.includes('*') || url.username !== '') return false;
  return isWebAddress(text) || privateScheme.test(url.protocol);
}

/** https, or http on this machine: a key or a launch fetched over plain http elsewhere could be anybody's. */
export function isWebAddress(text: string): boolean {
  const url = text.length > MAX_ADDRESS_CHARACTERS ? null : URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname));
}

/** True when every address is one of a native app: such apps cannot show who they are, so people are asked each time. */
export function isNative(redirectUris: readonly string[]): boolean {
  return (
    redirectUris.length > 0 && redirectUris.every((uri) => privateScheme.test(URL.parse(uri)?.protocol ?? ''))
  );
}
