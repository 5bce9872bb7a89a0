import type { Condition, Patient, Reference, Resource } from '@medplum/fhirtypes';
import type { Blood } from '../blood.ts';
import type { Body } from '../body.ts';
import { YEAR_MS } from '../calendar.ts';
import type { Profile } from '../profile.ts';
import type { Sensitivity } from '../sensitivity.ts';
import type { Random } from '../xoshiro128.ts';
import { type Draft, ResourceList, type SyntheticResource } from './resource-list.ts';
import type { Site } from './site.ts';
import type { Visit } from './visit.ts';

/** What a chart is opened with. */
export interface ChartOpening {
  readonly site: Site;
  readonly profile: Profile;
  readonly body: Body;
  readonly blood: Blood;
  readonly patient: Reference<Patient>;
  /** The day of generation: nothing is recorded after it. */
  readonly nowMs: number;
  readonly random: Random;
}

/** One person's record at one organisation while it is being written. */
export class Chart {
  readonly site: Site;
  readonly profile: Profile;
  readonly body: Body;
  readonly blood: Blood;
  readonly patient: Reference<Patient>;
  readonly nowMs: number;
  readonly random: Random;
  /** The visits so far, from which the payer gets its claims. */
  readonly visits: Visit[] = [];
  /** Conditions of the problem list by code, so that nothing is diagnosed twice. */
  readonly problems = new Map<string, Reference<Condition>>();
  readonly #list: ResourceList;

  constructor(opening: ChartOpening) {
    this.site = opening.site;
    this.profile = opening.profile;
    this.body = opening.body;
    this.blood = opening.blood;
    this.patient = opening.patient;
    this.nowMs = opening.nowMs;
    this.random = opening.random;
    this.#list = new ResourceList(opening.random.fork('ids'));
  }

  /** The resources so far. */
  get resources(): readonly SyntheticResource[] {
    return this.#list.resources;
  }

  /** Returns the moment so many years before the day of generation. */
  yearsAgo(years: number): number {
    return this.nowMs - years * YEAR_MS;
  }

  /** Adds a resource and returns a reference to it. */
  add<T extends Resource>(draft: Draft<T>, sensitivity?: Sensitivity, id?: string): Reference<T> {
    return this.#list.add<T>(draft, sensitivity, id);
  }
}
