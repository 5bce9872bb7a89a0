import { parseSignedCheckpoint } from '../../../src/proof/index.ts';
import { holdfast } from '../../journeys/harness/command.ts';
import type { DemoPatient } from '../../journeys/harness/demo.ts';
import { judge, networkPolicy, type Organisation } from '../../journeys/harness/organisation.ts';
import type { RunningNode } from '../../journeys/harness/running-node.ts';
import type { Round } from './load.ts';

/** Signed size of a log; 0 while there is no checkpoint. */
export async function signedSize(node: RunningNode, organisation: string): Promise<number> {
  const answer = await node.send(`/orgs/${organisation}/log/checkpoint`);
  return answer.status === 200 ? Number(parseSignedCheckpoint(answer.text).checkpoint.size) : 0;
}

/** Every acknowledged version is there, as it was acknowledged, and none is missing before it. */
async function lostVersions(organisation: Organisation, round: Round): Promise<string[]> {
  const problems: string[] = [];
  const newest = new Map<string, number>();
  for (const { object, version, text } of round.acknowledged) {
    newest.set(object, Math.max(newest.get(object) ?? 0, version));
    const { status, text: stored } = await organisation.fhir('GET', `${object}/_history/${version}`);
    const expected = text === undefined ? 410 : 200;
    if (status !== expected) problems.push(`${object}/_history/${version} answers ${status}`);
    else if (text && stored !== text)
      problems.push(`${object}/_history/${version} differs from what was acknowledged`);
  }
  for (const [object, version] of newest) {
    const { json } = await organisation.fhir('GET', `${object}/_history?_count=1000`);
    const versions = json.entry.map((entry: { response: { etag: string } }) =>
      Number(entry.response.etag.replaceAll(/\D/g, '')),
    );
    const complete = Array.from({ length: versions.length }, (_, index) => versions.length - index);
    if (versions.length < version || versions.join() !== complete.join())
      problems.push(`${object} has versions ${versions.join()}`);
  }
  return problems;
}

/** As many AuditEvents as answers, and at most one more for each request that was on its way. */
async function lostAudits(organisation: Organisation, round: Round): Promise<string[]> {
  const { json } = await organisation.fhir('GET', `AuditEvent?agent=${round.user}&_summary=count`);
  const underWay = [...round.inFlight.values()].reduce((sum, count) => sum + count, 0);
  if (json.total >= round.answered && json.total <= round.answered + underWay + 2) return [];
  return [`${json.total} AuditEvents for ${round.answered} answers and ${underWay} requests under way`];
}

async function lostConsents(
  organisation: Organisation,
  patient: DemoPatient,
  round: Round,
): Promise<string[]> {
  const { json } = await organisation.call('GET', `/consents?patient=${patient.at(organisation.id)}`);
  const status = new Map<string, string>(
    json.consents.map((each: { id: string; status: string }) => [each.id, each.status]),
  );
  return round.grants.flatMap(({ id }) => {
    const found = status.get(id);
    if (round.revoked.has(id)) return found === 'revoked' ? [] : [`revoked consent is ${found}`];
    if (round.revoking.has(id)) return found === undefined ? ['a granted consent is gone'] : [];
    return found === 'active' ? [] : [`granted consent is ${found}`];
  });
}

async function unprovable(node: RunningNode, organisation: Organisation, round: Round): Promise<string[]> {
  const last = round.acknowledged.filter(({ text }) => text !== undefined).at(-1);
  if (last === undefined) return [];
  const object = `${last.object}/_history/${last.version}`;
  const verdict = judge(await organisation.receipt(object), [await networkPolicy(node.port)]);
  return verdict.ok ? [] : [`the receipt of ${object} does not verify: ${verdict.code}`];
}

/** Everything that is wrong after a restart: what was acknowledged and is not there, and what `fsck` says. */
export async function aftermath(
  node: RunningNode,
  patient: DemoPatient,
  round: Round,
  sizes: ReadonlyMap<string, number>,
): Promise<string[]> {
  const hospital = node.organisation('st-mary');
  const checking = holdfast(['fsck', '--data', node.data, '--json']);
  const problems = [
    ...(await lostVersions(hospital, round)),
    ...(await lostAudits(hospital, round)),
    ...(await lostConsents(hospital, patient, round)),
    ...(await unprovable(node, hospital, round)),
  ];
  for (const [organisation, size] of sizes) {
    const now = await signedSize(node, organisation);
    if (now < size) problems.push(`the log of ${organisation} shrank from ${size} to ${now}`);
  }
  const fsck = await checking;
  if (fsck.code !== 0) problems.push(`fsck: ${fsck.stdout.trim() || fsck.stderr.trim()}`);
  return problems;
}
