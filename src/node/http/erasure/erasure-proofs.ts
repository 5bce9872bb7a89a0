import { formatErasureProof, toBase64 } from '../../../proof/index.ts';
import { VaultError } from '../../../vault/index.ts';
import { type ErasureServices, idIn, type Route, requireScope } from './administered-request.ts';

const EVENT_ID = /^[0-9a-f]{32}$/;
/** How long a proof waits for a checkpoint that covers it. */
const WAIT_MS = 3_000; // three publishing ticks, as `$receipt`

async function proofOf(services: ErasureServices, event: string): Promise<string> {
  const { vault, evidence, proofs } = services;
  const found = (await vault.erasures()).find((each) => each.event === event);
  const opening = found === undefined ? undefined : await vault.opening(event);
  if (found === undefined || opening?.content === undefined)
    throw new VaultError('not-found', 'There is no such erasure.');
  const proof = await proofs.proofFor(opening.leaf, { waitMs: WAIT_MS });
  if (proof === undefined)
    throw new VaultError('busy', 'No cosigned checkpoint covers the tombstone yet: ask again.');
  const { event: logged, salt, contentSalt } = opening;
  const sealed = contentSalt === undefined ? {} : { contentSalt: toBase64(contentSalt) };
  return formatErasureProof({
    receipt: { version: 1, event: logged, salt: toBase64(salt), ...sealed, proof },
    tombstone: opening.content,
    keys: await evidence(found.tombstone.keys),
  });
}

/** `GET /erasures` and `GET /erasures/{event}/proof`: what was erased, and the proof that it was. */
export function erasureProofRoutes(services: ErasureServices): Route[] {
  const { vault } = services;
  return [
    {
      method: 'GET',
      path: '/erasures',
      name: 'erasures',
      action: 'R',
      work: async (_request, principal) => {
        requireScope(principal, 'AuditEvent', 'r');
        return { body: { erasures: await vault.erasures() }, patients: [] };
      },
    },
    {
      method: 'GET',
      path: '/erasures/:event/proof',
      name: 'erasure-proof',
      action: 'R',
      work: async (request, principal) => {
        requireScope(principal, 'AuditEvent', 'r');
        return { body: await proofOf(services, idIn(request, 'event', EVENT_ID)), patients: [] };
      },
    },
  ];
}
