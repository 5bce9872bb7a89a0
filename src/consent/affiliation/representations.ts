import { isRepresentative, type Principal } from '../../identity/index.ts';
import type { VersionWrite } from '../../vault/index.ts';
import { asElement, type Element } from '../element.ts';
import type { OrganisationPolicy } from '../organisation-policy.ts';
import { birthday, isConfidential, noRight, type Representative } from '../representative.ts';
import { ChildRecords, type RecordReader } from './child-records.ts';
import { referenceIn } from './group-members.ts';
import { resourceAt } from './group-reader.ts';
import type { Written } from './group-register.ts';
import { holds } from './period.ts';
import { birthOf, type Relation, relationsOf } from './related-person.ts';
import { RestingCache } from './resting-cache.ts';

/** Representatives who are signed in at the same time. */
const MAX_PEOPLE = 4_096; // about 1 kB for each
/** Patients of one Person. */
const MAX_LINKS = 32; // a parent of many children, and of their own parents

/** What representations rest on. */
export interface RepresentationParts {
  readonly vault: RecordReader;
  /** The law that says until when and for what, and what makes data sensitive. */
  readonly policy: Pick<OrganisationPolicy, 'law' | 'labels'>;
  readonly now: () => Date;
}

/** Somebody who is asked about: by their resource here, and with the patient in context. */
type Asker = Pick<Principal, 'fhirUser' | 'patient'>;

/**
 * For whom people here may ask, by the custodian's records: a RelatedPerson, or a Person linked to several. Read before a request is
 * served ({@link inForce}), looked up while it is, so that a right that ends, or is taken away, ends what is under way.
 */
export class Representations {
  readonly #parts: RepresentationParts;
  readonly #relations: RestingCache<readonly Relation[]>;
  readonly #children: ChildRecords;

  constructor(parts: RepresentationParts) {
    this.#parts = parts;
    this.#children = new ChildRecords(parts.vault, parts.policy.labels);
    this.#relations = new RestingCache((person, restsOn) => this.#read(person, restsOn), MAX_PEOPLE);
  }

  /** Logical ids of the patients that somebody may ask for at present; empty for nobody. */
  async inForce(fhirUser: string): Promise<readonly string[]> {
    if (!isRepresentative(fhirUser)) return [];
    const nowMs = this.#parts.now().getTime();
    const relations = (await this.#relations.get(fhirUser)).filter((relation) =>
      this.#holds(relation, nowMs),
    );
    // What a parent may not see of a child must be known before anything is decided.
    for (const { patient, relationship } of relations)
      if (relationship !== 'agent') await this.#children.prepare(patient);
    return [...new Set(relations.map(({ patient }) => patient))];
  }

  /** When parents' and guardians' rights over a patient end; undefined when no birth date is known. */
  async majorityOf(patient: string): Promise<Date | undefined> {
    const resource = await resourceAt(this.#parts.vault, `Patient/${patient}`);
    const birthMs = resource === undefined ? undefined : birthOf(resource);
    return birthMs === undefined
      ? undefined
      : new Date(birthday(birthMs, this.#parts.policy.law.majorityYears));
  }

  /** The right by which somebody asks; one that never holds where there is none, and undefined for who asks in their own name. */
  representing({ fhirUser, patient = '' }: Asker): Representative | undefined {
    if (!isRepresentative(fhirUser)) return undefined;
    return this.#relation(fhirUser, patient) ?? noRight(patient);
  }

  /**
   * Number of the reading by which it is known for whom somebody may ask, and of what; 0 for who asks in their own name. Undefined while
   * that is not known, and denies.
   */
  knownReading(fhirUser: string): number | undefined {
    if (!isRepresentative(fhirUser)) return 0;
    const nowMs = this.#parts.now().getTime();
    const ofChildren = (this.#relations.peek(fhirUser) ?? []).filter(
      (relation) => relation.relationship !== 'agent' && this.#holds(relation, nowMs),
    );
    const areKnown = ofChildren.every(({ patient }) => this.#children.isKnown(patient));
    return areKnown ? this.#relations.knownReading(fhirUser) : undefined;
  }

  /** The capacities in which somebody asks, as `system|code`; none for those who ask in their own name. */
  capacitiesOf(fhirUser: string): readonly string[] {
    const relations = isRepresentative(fhirUser) ? (this.#relations.peek(fhirUser) ?? []) : [];
    const nowMs = this.#parts.now().getTime();
    return relations.filter((relation) => holds(relation, nowMs)).flatMap(({ capacities }) => capacities);
  }

  /**
   * Which objects may be named to who asks, where that is not all of the patient's: to a parent those of the child's record, without
   * what the child may keep to themself (45 CFR 164.502(g)(3)). Undefined for everybody else.
   */
  objectsShown({ fhirUser, patient = '' }: Asker): ((reference: string) => boolean) | undefined {
    if (!isRepresentative(fhirUser)) return undefined;
    const relation = this.#relation(fhirUser, patient);
    if (relation === undefined) return () => false;
    if (relation.relationship === 'agent') return undefined;
    const { policy, now } = this.#parts;
    const nowMs = now().getTime();
    return (reference) => {
      // That somebody looked at the trail tells nothing of what is in it.
      if (reference.startsWith('AuditEvent/')) return true;
      const labels = this.#children.labelsOf(patient, reference);
      return labels !== undefined && !isConfidential(relation, labels, policy.law, nowMs);
    };
  }

  /** Takes what was written; resolves when it is known what it changes. */
  async written(what: Written, versions: readonly VersionWrite[]): Promise<void> {
    if (what === 'anything') this.#children.forget();
    this.#children.written(versions);
    await this.#relations.written(what);
  }

  #relation(fhirUser: string, patient: string): Relation | undefined {
    const relations = this.#relations.peek(fhirUser)?.filter((each) => each.patient === patient) ?? [];
    const nowMs = this.#parts.now().getTime();
    return relations.find((relation) => this.#holds(relation, nowMs)) ?? relations[0];
  }

  #holds(relation: Relation, nowMs: number): boolean {
    if (!holds(relation, nowMs)) return false;
    const { relationship, birthMs } = relation;
    return (
      relationship === 'agent' ||
      (birthMs !== undefined && nowMs < birthday(birthMs, this.#parts.policy.law.majorityYears))
    );
  }

  async #read(person: string, restsOn: Set<string>): Promise<readonly Relation[]> {
    const read = (reference: string) => {
      restsOn.add(reference);
      return resourceAt(this.#parts.vault, reference);
    };
    const relations: Relation[] = [];
    for (const reference of await relatedPersons(person, read)) {
      const related = await read(reference);
      const whose = referenceIn(related?.patient);
      if (related === undefined || whose === undefined) continue;
      relations.push(...relationsOf(related, await read(whose), this.#parts.policy.law));
    }
    return relations;
  }
}

/** FHIR R4 §Person.link: the resources that concern the same person; an inactive Person has none. */
async function relatedPersons(
  person: string,
  read: (reference: string) => Promise<Element | undefined>,
): Promise<readonly string[]> {
  if (person.startsWith('RelatedPerson/')) return [person];
  const { active, link } = (await read(person)) ?? {};
  if (active === false || !Array.isArray(link)) return [];
  return link.slice(0, MAX_LINKS).flatMap((each) => {
    const target = referenceIn(asElement(each)?.target);
    return target?.startsWith('RelatedPerson/') === true ? [target] : [];
  });
}
