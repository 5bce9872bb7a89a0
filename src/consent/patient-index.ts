/** Values by consent id, and those of each patient as one list that is ready to be read. */
export class PatientIndex<T> {
  readonly #values = new Map<string, { readonly patient: string; readonly value: T }>();
  readonly #byPatient = new Map<string, readonly T[]>();

  /** The values of a patient, in the order they came; empty when there is none. */
  of(patient: string): readonly T[] {
    return this.#byPatient.get(patient) ?? [];
  }

  /** The value of a consent; undefined when there is none. */
  get(consent: string): T | undefined {
    return this.#values.get(consent)?.value;
  }

  /** The patient that a consent belongs to; undefined when there is none. */
  patientOf(consent: string): string | undefined {
    return this.#values.get(consent)?.patient;
  }

  /** Sets the value of a consent, which belongs to this patient from now on. */
  set(consent: string, patient: string, value: T): void {
    this.delete(consent);
    this.#values.set(consent, { patient, value });
    this.#byPatient.set(patient, [...this.of(patient), value]);
  }

  /** Sets another value for a consent that has one. */
  replace(consent: string, value: T): void {
    const patient = this.#values.get(consent)?.patient;
    if (patient !== undefined) this.set(consent, patient, value);
  }

  /** Forgets a consent; one that is not there is no error. */
  delete(consent: string): void {
    const known = this.#values.get(consent);
    if (known === undefined) return;
    this.#values.delete(consent);
    const rest = this.of(known.patient).filter((value) => value !== known.value);
    if (rest.length === 0) this.#byPatient.delete(known.patient);
    else this.#byPatient.set(known.patient, rest);
  }
}
