import { EventReader } from '../../interop/event-reader.ts';
import type { Organisation, TokenRequest } from './organisation.ts';

/** Opens an event stream of an organisation, in somebody's name, with a token, or with none (`null`). */
export async function openStream(
  organisation: Organisation,
  path: string,
  as: TokenRequest | string | null = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<EventReader> {
  const token = as === null || typeof as === 'string' ? as : await organisation.token(as);
  const bearer = token === null ? {} : { authorization: `Bearer ${token}` };
  const { port, prefix } = organisation;
  const reader = await EventReader.open({
    port,
    path: `${prefix}${path}`,
    headers: { ...bearer, ...headers },
  });
  if (reader.status === 200) await reader.until('it is open', () => reader.lastId !== '');
  else await reader.until('the refusal', () => reader.text.endsWith('}'));
  return reader;
}
