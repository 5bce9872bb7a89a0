import { hmac } from '../../crypto/index.ts';
import type { IndexEntry } from '../../r4/index.ts';
import type { Blind } from './blind-key.ts';
import { BlindNames } from './blind-names.ts';
import { PLAIN_SPAN, resourceForm } from './forms.ts';
import type { EntryRows } from './index-rows.ts';
import { ParameterIndex } from './parameter-index.ts';
import { finite, LAST_UPDATED, spansOf } from './spans.ts';

/** AuditEvent and Consent have index keys of their own and outlive clinical erasure (DESIGN §5). */
const AUDIT_TYPES: ReadonlySet<string> = new Set(['AuditEvent', 'Consent']);
/** Pseudo-parameters: every resource of a type, and of a patient's compartment. */
const ALL = '*';
const MEMBER = '+';
const ID = '_id';
/** By this parameter AuditEvent and Consent are in a patient's compartment (R4 CompartmentDefinition/patient). */
const PATIENT = 'patient';

/** Whether a resource is sealed under its own data key, or under the organisation's audit keys. */
export type Custody = 'resource' | 'audit';

/** Where a type is kept: AuditEvent and Consent outlive clinical erasure. */
export function custodyOf(type: string): Custody {
  return AUDIT_TYPES.has(type) ? 'audit' : 'resource';
}

/**
 * Turns values into what the data may hold of them: 128-bit HMACs under a key of their own for every type and search
 * parameter (DESIGN §5). Numbers and times that are not of birth or death stay in the clear, under such a key.
 */
export class BlindIndex {
  readonly names: BlindNames;
  readonly #roots: Readonly<Record<Custody, Uint8Array>>;
  readonly #parameters = new Map<string, Map<string, ParameterIndex>>();
  readonly #allGroups = new Map<string, readonly Blind[]>();

  /** Under the two roots of the organisation's index. */
  constructor(roots: Readonly<Record<Custody, Uint8Array>>) {
    this.#roots = roots;
    this.names = new BlindNames(roots.resource);
  }

  /** The blind value of a form of a type's parameter. */
  key(type: string, param: string, form: string): Blind {
    return this.#parameter(type, param).of(form);
  }

  /** Under which every live resource of a type stands. */
  all(type: string): Blind {
    return this.key(type, ALL, '');
  }

  /** Under which the clinical resources of a patient's compartment stand, by the Patient's blind name. */
  member(name: Blind): Blind {
    return this.key('', MEMBER, resourceForm(name));
  }

  /** Under which the resources of a type stand that are in a patient's compartment; of a clinical type, those of others too. */
  compartment(type: string, patient: string): Blind {
    const name = this.names.of('Patient', patient);
    return custodyOf(type) === 'audit' ? this.key(type, PATIENT, resourceForm(name)) : this.member(name);
  }

  /**
   * Everything a live resource is found by, apart from its compartments. `_id` and `_lastUpdated` come from the version
   * itself, whatever the entries say.
   */
  rows(type: string, entries: readonly IndexEntry[], updatedMs: number): EntryRows {
    const groups: (readonly Blind[])[] = [this.#allGroup(type)];
    const updated = this.key(type, LAST_UPDATED, PLAIN_SPAN);
    const spans = [{ key: updated, low: updatedMs, high: updatedMs, value: updatedMs }];
    let last = '';
    for (const entry of entries) {
      const { param } = entry;
      if (param === ID || param === LAST_UPDATED) continue;
      const parameter = this.#parameter(type, param);
      if (param !== last) groups.push(parameter.present);
      last = param;
      groups.push(parameter.keysOf(entry));
      for (const { form, low, high, value } of spansOf(entry, this.names)) {
        spans.push({ key: parameter.of(form), low: finite(low), high: finite(high), value });
      }
    }
    return { groups, spans };
  }

  #allGroup(type: string): readonly Blind[] {
    const known = this.#allGroups.get(type);
    if (known !== undefined) return known;
    const group = [this.all(type)];
    this.#allGroups.set(type, group);
    return group;
  }

  #parameter(type: string, param: string): ParameterIndex {
    const ofType = this.#parameters.get(type);
    const known = ofType?.get(param);
    if (known !== undefined) return known;
    const key = hmac(this.#roots[custodyOf(type)], `holdfast/blind/v1\nparameter\n${type}.${param}`);
    const parameter = new ParameterIndex(key, this.names);
    if (ofType === undefined) this.#parameters.set(type, new Map([[param, parameter]]));
    else ofType.set(param, parameter);
    return parameter;
  }
}
