import type { Answer } from '../harness/http.ts';
import { openStream } from '../harness/open-stream.ts';
import type { Organisation, TokenRequest } from '../harness/organisation.ts';
import type { Target } from './target.ts';

/** Something is written about the patient, twice: when the second is told, the first has passed by everybody. */
const WRITES = 2;

/** What somebody is told by a stream while the patient, if there is one, writes; and the patient is told of it. */
export async function askStream(
  organisation: Organisation,
  path: string,
  as: TokenRequest | null,
  present: Target | undefined,
): Promise<Answer> {
  const reader = await openStream(organisation, path, as);
  if (reader.status === 200 && present !== undefined) await writeAndBeTold(organisation, present);
  reader.close();
  const { status, headers, text } = reader;
  return { status, headers, text, bytes: Buffer.from(text), json: undefined };
}

async function writeAndBeTold(organisation: Organisation, { patient }: Target): Promise<void> {
  const own = { user: `Patient/${patient}`, scope: 'patient/*.cruds', purpose: 'PATRQT' };
  const witness = await openStream(organisation, '/events?type=Observation', own);
  for (let told = 0; told < WRITES; ) {
    const code = { text: 'hushed finding' };
    const subject = { reference: `Patient/${patient}` };
    await organisation.create({ resourceType: 'Observation', status: 'final', code, subject }, { as: own });
    told += 1;
    await witness.untilTold(told);
  }
  witness.close();
}
