import { send } from './http.ts';
import { PatientDevice } from './patient-device.ts';
import type { RunningNode } from './running-node.ts';

/** A demo persona as `GET /demo/personas` lists it. */
export interface Persona {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly organisation: string;
  readonly patient?: string;
  readonly records?: readonly { readonly organisation: string; readonly patient: string }[];
  readonly seed?: string;
}

/** A demo patient with their device. */
export interface DemoPatient {
  readonly persona: Persona;
  readonly device: PatientDevice;
  /** The patient's id at an organisation; throws where there is no record. */
  at(organisation: string): string;
}

/** The demo's personas; where each organisation has a node of its own, with their records at all of them together. */
export async function personas(node: RunningNode): Promise<Persona[]> {
  const merged = new Map<string, Persona>();
  const ports = new Set(node.organisations.map((id) => node.organisation(id).port));
  for (const port of ports) {
    for (const persona of (await send(port, '/demo/personas')).json as Persona[]) {
      const before = merged.get(persona.id);
      const records = [...(before?.records ?? []), ...(persona.records ?? [])];
      merged.set(persona.id, { ...persona, ...before, ...(records.length === 0 ? {} : { records }) });
    }
  }
  return [...merged.values()];
}

/** The ledger's id. */
export async function ledgerId(node: RunningNode): Promise<string> {
  return (await node.send('/.well-known/holdfast')).json.ledger.id;
}

/** The demo's patients that have a record at each of the organisations, their keys enrolled there. */
export async function patientsAt(node: RunningNode, ...organisations: string[]): Promise<DemoPatient[]> {
  const ledger = await ledgerId(node);
  const found = (await personas(node)).filter(
    (persona) =>
      persona.seed !== undefined &&
      organisations.every((each) => persona.records?.some((record) => record.organisation === each)),
  );
  const patients = found.map((persona): DemoPatient => {
    const device = new PatientDevice(persona.seed ?? '', ledger);
    const at = (organisation: string) => {
      const record = persona.records?.find((each) => each.organisation === organisation);
      if (record === undefined) throw new Error(`${persona.id} has no record at ${organisation}`);
      return record.patient;
    };
    return { persona, device, at };
  });
  for (const patient of patients)
    for (const organisation of organisations)
      await patient.device.enrol(node.organisation(organisation), patient.at(organisation));
  return patients;
}

/** As {@link patientsAt}, the first one; throws when there is none. */
export async function patientAt(node: RunningNode, ...organisations: string[]): Promise<DemoPatient> {
  const [first] = await patientsAt(node, ...organisations);
  if (first === undefined) throw new Error(`no demo patient has records at ${organisations.join(', ')}`);
  return first;
}
