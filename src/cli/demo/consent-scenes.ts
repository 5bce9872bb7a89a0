import { type Cast, CUSTODIAN, GRANTEE, THIRD } from './cast.ts';
import { type DemoHttp, until } from './demo-http.ts';
import type { Narrator } from './narrator.ts';
import { type NetworkRecord, networkRecord } from './network-record.ts';

/** The stage: who acts, over which address, and who tells it. */
export interface Stage {
  readonly http: DemoHttp;
  readonly cast: Cast;
  readonly narrator: Narrator;
}

interface Final {
  readonly status: string;
  readonly transaction: string;
  readonly height: number;
}

/** What the clinician sees across the network at this moment. */
async function look({ http, cast }: Stage): Promise<NetworkRecord> {
  const path = `/orgs/${GRANTEE.id}/fhir/Patient/${cast.patient.at(GRANTEE.id)}/$network-everything`;
  const { text } = await http.send(path, { token: cast.clinician.token });
  return networkRecord(text, CUSTODIAN.id);
}

/** Nobody outside reads without a grant. */
export async function beforeTheGrant(stage: Stage): Promise<void> {
  const { cast, narrator } = stage;
  const { outcome, items } = await look(stage);
  const ok = outcome === 'not-permitted' && items.length === 0;
  narrator.step(
    'ask',
    `${cast.clinician.name} of ${GRANTEE.name} asks for the record of ${cast.patient.name}: ${outcome}`,
    { ok, outcome },
  );
  narrator.say(`${CUSTODIAN.name} holds it and gives nothing, not even whether there is such a patient.`);
}

/** The patient signs with a key that only they hold. Returns the consent's id. */
export async function grant({ http, cast, narrator }: Stage, now: Date): Promise<string> {
  const { device, token, at, name } = cast.patient;
  const { id, body } = device.grant({
    patient: at(CUSTODIAN.id),
    custodian: CUSTODIAN.id,
    grantee: GRANTEE.id,
    now,
  });
  const final = await http.json<Final>(
    `/orgs/${CUSTODIAN.id}/consents`,
    { method: 'POST', token, body },
    201,
  );
  narrator.step('grant', `${name} grants ${GRANTEE.name} access, signed on their own device`, {
    ok: final.status === 'active',
    consent: id,
    ...final,
  });
  narrator.say(
    `On the ledger in block ${final.height}: a random id, a key made for this consent alone, a commitment. No name, no diagnosis.`,
  );
  return id;
}

/** The clinic reads through its own node. */
export async function read(stage: Stage): Promise<NetworkRecord> {
  const { narrator } = stage;
  const found = await until('the grant reaches the clinic', async () => {
    const seen = await look(stage);
    return seen.outcome === 'complete' ? seen : undefined;
  });
  const types = found.types
    .slice(0, 4)
    .map(([type, count]) => `${count} ${type}`)
    .join(', ');
  const ok = found.items.length > 0;
  narrator.step(
    'read',
    `The clinic reads through its own node: ${found.items.length} records (${types}, …)`,
    { ok, records: found.items.length },
  );
  narrator.say(
    'Each came sealed from node to node with a receipt, which the clinic’s node checked on arrival.',
  );
  return found;
}

/** The patient sees who looked. */
export async function account({ http, cast, narrator }: Stage): Promise<void> {
  const { token, at } = cast.patient;
  const { status, text } = await http.send(
    `/orgs/${CUSTODIAN.id}/audit/disclosures?patient=${at(CUSTODIAN.id)}`,
    { token },
  );
  const ok = status === 200 && text.includes(GRANTEE.id);
  narrator.step('account', `The patient's own accounting of disclosures names ${GRANTEE.name}`, { ok });
  narrator.say('Every access has its entry in the log, durable before the answer left.');
}

/** Any member takes a revocation. */
export async function revoke({ http, cast, narrator }: Stage, consent: string): Promise<void> {
  const { device, name } = cast.patient;
  const body = device.revoke(consent, CUSTODIAN.id);
  const final = await http.json<Final>(`/orgs/${THIRD.id}/consents/${consent}/revoke`, {
    method: 'POST',
    body,
  });
  narrator.step('revoke', `${name} takes it back: revoked at ${THIRD.name}, any member will do`, {
    ok: final.status === 'revoked',
    ...final,
  });
  narrator.say(
    `Signed by the same key, final in block ${final.height}. No token was needed, and no one could refuse it.`,
  );
}

/** From then on the clinic is refused. */
export async function refused(stage: Stage): Promise<void> {
  const found = await until('the revocation reaches everybody', async () => {
    const seen = await look(stage);
    return seen.outcome === 'not-permitted' ? seen : undefined;
  });
  const { outcome, items } = found;
  stage.narrator.step('refused', `The clinic asks again and is refused: ${outcome}`, {
    ok: items.length === 0,
    outcome,
  });
}
