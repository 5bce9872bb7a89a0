import { IDENTITY_GUESSED } from '../audit/index.ts';
import type { Recorder } from '../identity/index.ts';
import { memberPrincipal } from './member-principal.ts';
import type { ExchangeServices } from './routes.ts';

/** Names of exchanges, as the trail has them: what a client made up is not kept. */
const ROUTES: readonly string[] = ['locator', 'record', 'emergency'];

/** Records what was refused before anything was known of it but who asked, in the trail of one organisation. */
export function refusalRecording(
  recorder: Recorder,
  organisation: string,
): ExchangeServices['recordRefusal'] {
  return ({ code, guessed }, member, route, requestId) =>
    recorder.record({
      kind: 'access',
      action: 'E',
      outcome: 'minor',
      subtype: `exchange-${ROUTES.includes(route) ? route : 'unknown'}`,
      ...(member === undefined ? {} : { principal: memberPrincipal(organisation, member, []) }),
      patients: [...guessed],
      objects: [],
      detail: guessed.length === 0 ? code : IDENTITY_GUESSED,
      requestId,
    });
}
