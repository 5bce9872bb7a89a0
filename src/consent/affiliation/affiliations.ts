import type { VersionWrite } from '../../vault/index.ts';
import type { DecisionRequest } from '../decision.ts';
import type { Withdrawals } from '../withdrawals.ts';
import { GroupRegister } from './group-register.ts';
import { type RepresentationParts, Representations } from './representations.ts';

/** Types whose resources say who belongs where, and who may ask for whom. */
const TELLING: ReadonlySet<string> = new Set([
  'CareTeam',
  'Group',
  'Organization',
  'Patient',
  'Person',
  'PractitionerRole',
  'RelatedPerson',
]);

/** Those among them by which somebody may ask for the patients they are about. */
const ABOUT_PATIENTS: ReadonlySet<string> = new Set(['Patient', 'Person', 'RelatedPerson']);

/** What the custodian's own records say of those who ask: the teams and groups they belong to, and whom they represent. */
export class Affiliations {
  readonly groups: GroupRegister;
  readonly representations: Representations;
  readonly #now: () => Date;
  readonly #withdrawals: Withdrawals | undefined;

  constructor(parts: RepresentationParts & { readonly withdrawals?: Withdrawals | undefined }) {
    this.groups = new GroupRegister(parts.vault);
    this.representations = new Representations(parts);
    this.#now = parts.now;
    this.#withdrawals = parts.withdrawals;
  }

  /** As decisions take them: teams, groups, organisations and roles of a person, among those that consents name. */
  groupsOf(fhirUser: string): Pick<DecisionRequest, 'groups' | 'unknownGroups'> {
    return {
      groups: this.groups.groupsOf(fhirUser, this.#now().getTime()),
      unknownGroups: this.groups.unknown(),
    };
  }

  /**
   * A number that grows with each reading that decides for somebody who asks: of groups, and of whom they represent. Undefined while any of
   * it is not known. Twice the same number says that nothing decided in between rested on what was being read.
   */
  knownReading(fhirUser: string | undefined): number | undefined {
    const groups = this.groups.knownReading();
    const own = fhirUser === undefined ? 0 : this.representations.knownReading(fhirUser);
    // Neither ever becomes less.
    return groups === undefined || own === undefined ? undefined : groups + own;
  }

  /** Takes what was written; resolves when decisions are made by it. Rejects, with all else done, when some of it cannot be read. */
  async written(versions: readonly VersionWrite[]): Promise<void> {
    const what = versions.flatMap(({ type, id }) => (TELLING.has(type) ? [`${type}/${id}`] : []));
    const taken = await Promise.allSettled([
      what.length === 0 ? undefined : this.groups.written(what),
      this.representations.written(what, versions),
    ]);
    // Whose consents name a team is not asked here: a changed one may concern anybody.
    if (what.length > 0 && this.groups.isNamed(what)) this.#withdrawals?.note();
    else for (const { type, patients } of versions) if (ABOUT_PATIENTS.has(type)) this.#noteAll(patients);
    throwFault(taken);
  }

  #noteAll(patients: readonly string[]): void {
    for (const patient of patients) this.#withdrawals?.note(patient);
  }

  /** Reads everything again: records were erased or merged. Rejects as {@link written} does. */
  async changed(): Promise<void> {
    const taken = await Promise.allSettled([
      this.groups.written('anything'),
      this.representations.written('anything', []),
    ]);
    this.#withdrawals?.note();
    throwFault(taken);
  }
}

/** Thrown only once all is taken in and noted: a fault of one reading must not hide what another tells. */
function throwFault(taken: readonly PromiseSettledResult<unknown>[]): void {
  for (const each of taken) if (each.status === 'rejected') throw each.reason;
}
