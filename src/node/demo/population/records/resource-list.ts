import type { Coding, Reference, Resource } from '@medplum/fhirtypes';
import { type Sensitivity, securityLabels, TEST_DATA } from '../sensitivity.ts';
import type { Random } from '../xoshiro128.ts';

/** A generated resource: `text` is its JSON, in which every decimal keeps its digits. */
export interface SyntheticResource {
  readonly type: string;
  /** Logical id, 32 hexadecimal digits; the same as in `text`. */
  readonly id: string;
  readonly text: string;
}

/** A resource before it has an id. */
export type Draft<T extends Resource> = Omit<T, 'id' | 'meta'>;

/** Collects the resources of one organisation or patient in an order in which each refers only to earlier ones. */
export class ResourceList {
  readonly #random: Random;
  readonly #resources: SyntheticResource[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** The resources so far. */
  get resources(): readonly SyntheticResource[] {
    return this.#resources;
  }

  /** Adds a resource under a new id, or the given one, and returns a reference to it. */
  add<T extends Resource>(draft: Draft<T>, sensitivity?: Sensitivity, id = this.#random.id()): Reference<T> {
    const security: { security?: Coding[] } =
      sensitivity === undefined ? {} : { security: securityLabels(sensitivity) };
    const { resourceType, ...content } = draft as Resource;
    const resource = { resourceType, id, meta: { ...security, tag: [TEST_DATA] }, ...content };
    this.#resources.push({ type: resourceType, id, text: JSON.stringify(resource) });
    return { reference: `${resourceType}/${id}` };
  }
}
