import type { VaultError } from '../index.ts';
import { auditOf, deletionOf, type Hospital, observation, patient, versionOf } from './hospital.ts';

/** What the vault has acknowledged: after any crash it must be there. */
export interface Acknowledged {
  readonly object: string;
  readonly text: string;
  readonly leaf: number;
}

/** Several clients that create, change, delete and read at once; tells of everything that is acknowledged. */
export async function runWorkload(
  hospital: Hospital,
  rounds: number,
  onAcknowledged: (each: Acknowledged) => void,
): Promise<void> {
  const { vault } = hospital;
  const tell = (object: string, text: string, leaf: number | undefined) =>
    onAcknowledged({ object, text, leaf: leaf ?? -1 });
  const client = async (number: number) => {
    for (let round = 0; round < rounds; round += 1) {
      const id = `c${number}r${round}`;
      const patientId = `p${(number + round) % 3}`;
      const created = versionOf(observation(id, patientId));
      const audit = auditOf(`Observation/${id}`, [patientId]);
      const [first, second] = await vault.commit({ versions: [created], audits: [audit] });
      tell(`Observation/${id}/_history/1`, created.text, first?.leaf);
      tell(`AuditEvent/${audit.id}/_history/1`, audit.text, second?.leaf);
      const { receipts, result } = await vault.transact([`Observation/${id}`], (read) => {
        const current = read.read('Observation', id);
        const version = versionOf(
          observation(id, patientId, { status: 'amended' }),
          (current?.version ?? 0) + 1,
        );
        return { change: { versions: [version] }, result: version };
      });
      tell(`Observation/${id}/_history/2`, result.text, receipts[0]?.leaf);
      if (round % 2 === 1) await vault.commit({ versions: [deletionOf(created, 3)] });
    }
  };
  for (let number = 0; number < 3; number += 1) {
    const write = versionOf(patient(`p${number}`));
    const [logged] = await vault.commit({ versions: [write] }).catch((error: VaultError) => {
      if (error.code === 'version-conflict') return [];
      throw error;
    });
    if (logged !== undefined) tell(`Patient/p${number}/_history/1`, write.text, logged.leaf);
  }
  await Promise.all([0, 1, 2, 3].map(client));
}
