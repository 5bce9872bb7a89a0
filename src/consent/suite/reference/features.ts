import type { ConsentCase, Json, Verdict } from './consent-case.ts';
import { listOf } from './reference-match.ts';

function provisionsOf(provision: Json): Json[] {
  return [provision, ...listOf(provision.provision).flatMap(provisionsOf)];
}

/** Names of what occurs in a case and its verdict, so that it can be counted. */
export function featuresOf(asked: ConsentCase, verdict: Verdict): string[] {
  const { consents, request, resource } = asked;
  const live = consents.filter(({ status }) => status !== 'revoked');
  const roots = live.map((consent) => consent.resource.provision as Json);
  const provisions = roots.flatMap(provisionsOf);
  const has = (element: string) => provisions.some((each) => each[element] !== undefined);
  const meanings = provisions
    .flatMap((each) => listOf(each.data))
    .map(({ meaning }) => `data ${String(meaning)}`);
  const text = JSON.stringify(provisions);
  const holds: Record<string, boolean> = {
    'several consents': live.length > 1,
    'a revocation under way': consents.some(({ status }) => status === 'revoking'),
    'nested provisions': roots.some((root) => root.provision !== undefined),
    'provisions three deep': roots.some((root) =>
      provisionsOf(root).some((each) =>
        listOf(each.provision).some(({ provision }) => provision !== undefined),
      ),
    ),
    'a root without type': roots.some(({ type }) => type === undefined),
    'a policy rule': live.some(({ resource: { policyRule } }) => policyRule !== undefined),
    'an actor who is a member': text.includes('urn:holdfast:organisation'),
    'an actor who is a person': /"reference":"(Practitioner|RelatedPerson)\//.test(text),
    'an actor who is a team or group': /"reference":"(CareTeam|Group|Organization|PractitionerRole)\//.test(
      text,
    ),
    'an actor in a capacity': /AUTM|HPOWATT/.test(text),
    'a purpose': has('purpose'),
    'a purpose of another system': text.includes('http://example.org/purpose'),
    'an action': has('action'),
    'a class': has('class'),
    'a code': has('code'),
    'a period': has('period'),
    'a data period': has('dataPeriod'),
    'a security label': has('securityLabel'),
    'a Part 2 consent': text.includes('42CFRPart2'),
    'an authorisation for notes': /PSYTHPN|sud-counseling-notes/.test(text),
    'labelled parts': JSON.stringify(resource).includes('extension-inline-sec-label'),
    'a representative': request.representative !== undefined,
    'a patient': request.kind === 'patient',
    'several purposes': request.purposes.length > 1,
    'another organisation': request.organisation !== request.custodian,
    'broken glass': request.emergency !== undefined,
    roles: request.roles !== undefined,
    'a group that is not known': request.unknownGroups !== undefined,
    'a state profile': asked.law === 'us-ny',
    [`verdict ${verdict.outcome}`]: true,
    'permitted by consent': verdict.outcome !== 'deny' && verdict.consents.length > 0,
    'denied by a consent': verdict.outcome === 'deny' && verdict.consents.length > 0,
  };
  return [...new Set([...Object.keys(holds).filter((name) => holds[name]), ...meanings])];
}
