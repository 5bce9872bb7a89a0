import { expect } from 'vitest';
import { decisionFacts, parseResource } from '../../r4/index.ts';
import type { Desk } from './desk.ts';

/** What the individual states. */
export const disagreement = { text: 'But it is wrong.' };

/** Disputes about p1's record at a desk. */
export function disputesAt(desk: () => Desk) {
  const post = (path: string, as: string, body: object) =>
    desk().ask('POST', `/audit/requests${path}`, as, body);

  /** The id of a request for an amendment that was denied. */
  async function denied(object = 'Patient/p1'): Promise<string> {
    const said = { kind: 'amendment', patient: 'p1', object, text: 'My name is spelt wrong.' };
    const { id } = (await post('', 'p1', said)).body;
    const denial = { ground: 'accurate-and-complete', text: 'It is as in your passport.' };
    expect((await post(`/${id}/deny`, 'officer', denial)).status).toBe(200);
    return id;
  }

  /** Another text as the second version of a Communication; none deletes it. */
  async function overwrite(id: string, text: string | undefined): Promise<void> {
    const stored = await desk().node.vault.read('Communication', id);
    if (stored === undefined) throw new Error('there is no such Communication');
    const { type, patients } = stored;
    const facts = text === undefined ? stored.facts : decisionFacts(parseResource(text).resource);
    const lastUpdated = new Date().toISOString();
    const version = { type, id, version: 2, lastUpdated, patients, facts, index: [], actor: 'test' };
    await desk().vault.commit({ versions: [text === undefined ? version : { ...version, text }] });
  }

  return { post, denied, overwrite };
}
