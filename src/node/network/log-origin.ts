import { formatLogOrigin } from '../../proof/index.ts';
import type { Configuration } from '../configuration.ts';

/** The host in origins of nodes that have no public name (FORMATS §3). */
const LOCAL_HOST = 'holdfast.local';

const unnamed = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The address that clients and members use, without a slash at its end (FORMATS §6). */
export function publicUrl(configuration: Configuration): string {
  const scheme = configuration.tls === undefined ? 'http' : 'https';
  return (configuration.publicUrl ?? `${scheme}://localhost:${configuration.port}`).replace(/\/+$/, '');
}

/** The host that origins begin with: the public one, or `holdfast.local`. */
export function originHost(configuration: Configuration): string {
  const { hostname } = new URL(publicUrl(configuration));
  return unnamed.has(hostname) ? LOCAL_HOST : hostname;
}

/** Origin of an organisation's first log. */
export function firstOrigin(configuration: Configuration, organisation: string): string {
  return formatLogOrigin({ host: originHost(configuration), organisation, generation: 1 });
}
