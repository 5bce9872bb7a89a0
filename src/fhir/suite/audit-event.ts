/** An AuditEvent as far as tests look into it. */
export interface AuditEvent {
  readonly id: string;
  readonly action: string;
  readonly outcome: string;
  readonly outcomeDesc?: string;
  readonly subtype: readonly { readonly code: string }[];
  readonly entity: readonly { readonly what?: { readonly reference?: string }; readonly query?: string }[];
}

/** Patients that an AuditEvent names, sorted. */
export function patientsIn({ entity }: AuditEvent): string[] {
  const references = entity.flatMap(({ what }) => what?.reference ?? []);
  return references.filter((each) => each.startsWith('Patient/')).sort();
}
