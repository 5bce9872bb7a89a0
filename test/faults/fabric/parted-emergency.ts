import { expect } from 'vitest';
import { type DemoPatient, personas } from '../../journeys/harness/demo.ts';
import { send } from '../../journeys/harness/http.ts';
import { entriesOf, outcomesOf } from '../../journeys/harness/network-bundle.ts';
import { judge, networkPolicy } from '../../journeys/harness/organisation.ts';
import type { RunningNode } from '../../journeys/harness/running-node.ts';
import { until } from '../../journeys/harness/until.ts';

const EMERGENCY = { reason: 'medical-emergency', text: 'Found unconscious, anaphylaxis suspected.' };
const RECOVERY_MS = 60_000;

/** Clinicians who break the glass at an organisation that is parted from its ledger: one of its own, and one of another member. */
export class PartedEmergency {
  readonly #node: RunningNode;
  readonly #patient: DemoPatient;
  readonly #custodian: string;
  readonly #asker: string;
  readonly #tokens = new Map<string, string>();
  #opened = '';

  constructor(node: RunningNode, patient: DemoPatient, custodian: string, asker: string) {
    this.#node = node;
    this.#patient = patient;
    this.#custodian = custodian;
    this.#asker = asker;
  }

  /** Signs everybody in. */
  async begin(): Promise<void> {
    const everybody = await personas(this.#node);
    for (const [name, organisation, role] of [
      ['own', this.#custodian, 'clinician'],
      ['other', this.#asker, 'clinician'],
      ['officer', this.#custodian, 'compliance'],
    ] as const) {
      const found = everybody.find((each) => each.organisation === organisation && each.role === role);
      const body = JSON.stringify({ persona: found?.id, organisation });
      const headers = { 'content-type': 'application/json' };
      const at = this.#node.organisation(organisation);
      const signedIn = await send(at.port, '/demo/sign-in', { method: 'POST', headers, body });
      expect(signedIn.status, signedIn.text).toBe(200);
      this.#tokens.set(name, signedIn.json.access_token);
    }
  }

  /** Both break the glass while the ledger is out of reach; who of the other member did not, gets nothing. */
  async whileParted(): Promise<void> {
    const opened = await this.#break('own', this.#custodian);
    expect(opened.status, opened.text).toBe(201);
    expect(opened.json.stale).toBe(true);
    this.#opened = opened.json.id;
    const across = await this.#break('other', this.#asker);
    expect(across.status, across.text).toBe(201);
    await until(
      'the custodian releases in an emergency',
      async () => {
        const { json } = await this.#everything('other');
        return (
          entriesOf(json, this.#custodian).length > 0 &&
          ['complete', 'partial'].includes(outcomesOf(json)[this.#custodian] ?? '')
        );
      },
      RECOVERY_MS,
    );
    const path = `Patient/${this.#patient.at(this.#asker)}/$network-everything`;
    const { json } = await this.#node.organisation(this.#asker).fhir('GET', path);
    expect(outcomesOf(json)[this.#custodian]).toBe('stale');
  }

  /** The officer finds both, marked as opened on an old view; what was written down then is anchored now and proves itself. */
  async afterwards(): Promise<void> {
    const custodian = this.#node.organisation(this.#custodian);
    const id = this.#patient.at(this.#custodian);
    const officer = { token: this.#tokens.get('officer') ?? '' };
    const queue = await custodian.call('GET', `/audit/break-glass?patient=${id}`, officer);
    expect(queue.status, queue.text).toBe(200);
    expect(queue.json.accesses).toHaveLength(2);
    for (const { stale } of queue.json.accesses) expect(stale).toBe(true);
    expect(queue.json.accesses.map((each: { id: string }) => each.id)).toContain(this.#opened);
    const [event] = await custodian.auditEvents(`entity=Patient/${id}&subtype=110127`);
    const receipt = await custodian.receipt(`AuditEvent/${event.id}`);
    expect(judge(receipt, [await networkPolicy(custodian.port)])).toMatchObject({ ok: true });
  }

  #break(who: string, organisation: string) {
    const token = this.#tokens.get(who) ?? '';
    const body = { ...EMERGENCY, patient: this.#patient.at(organisation) };
    return this.#node.organisation(organisation).call('POST', '/break-glass', { body, token });
  }

  #everything(who: string) {
    const path = `Patient/${this.#patient.at(this.#asker)}/$network-everything`;
    const token = this.#tokens.get(who) ?? '';
    return this.#node.organisation(this.#asker).fhir('GET', path, { token });
  }
}
