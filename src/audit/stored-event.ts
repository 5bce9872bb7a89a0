import { ORGANISATION_SYSTEM } from '../consent/index.ts';
import { DISCLOSE } from './shape.ts';

/** A Reference as AuditEvents hold it. */
export interface StoredReference {
  readonly reference?: string;
  readonly identifier?: { readonly system?: string; readonly value?: string };
  readonly display?: string;
}

/** An AuditEvent of this system, as far as accounting, access log, flags and forwarding read it. */
export interface StoredEvent {
  readonly id: string;
  readonly recorded: string;
  readonly action?: string;
  readonly outcome?: string;
  readonly outcomeDesc?: string;
  readonly period?: { readonly start?: string };
  readonly type?: { readonly code?: string };
  readonly subtype?: readonly { readonly system?: string; readonly code?: string }[];
  readonly agent: readonly {
    readonly requestor: boolean;
    readonly who?: StoredReference;
    readonly extension?: readonly { readonly url: string; readonly valueString?: string }[];
  }[];
  readonly entity?: readonly {
    readonly what?: StoredReference;
    readonly role?: { readonly code: string };
    readonly detail?: readonly { readonly type: string; readonly valueString: string }[];
  }[];
  readonly purposeOfEvent?: readonly {
    readonly text?: string;
    readonly coding?: readonly { readonly code: string }[];
  }[];
}

/** Whether it tells of a release to somebody outside the organisation. */
export function isDisclosure({ subtype = [] }: StoredEvent): boolean {
  return subtype.some(({ system, code }) => system === DISCLOSE.system && code === DISCLOSE.code);
}

/** Id of who received a release: a member organisation, or somebody recorded by hand. */
export function recipientIn({ agent }: StoredEvent): string {
  const { identifier } = agent[0]?.who ?? {};
  return identifier?.value ?? 'unknown';
}

/** Whether the recipient is a member organisation. */
export function isMember({ agent }: StoredEvent): boolean {
  return agent[0]?.who?.identifier?.system === ORGANISATION_SYSTEM;
}

/** Logical ids of the patients it names, each once. */
export function patientsIn({ entity = [], agent }: StoredEvent): string[] {
  const references = [...entity.map(({ what }) => what), ...agent.map(({ who }) => who)];
  return [...new Set(references.flatMap((what) => idIn(what, 'Patient')))];
}

/** The id in a reference to a type; empty for any other reference. */
export function idIn(what: StoredReference | undefined, type: string): string[] {
  const [named, id] = what?.reference?.split('/') ?? [];
  return named === type && id !== undefined ? [id] : [];
}

/** Codes of the purposes of use. */
export function purposesIn({ purposeOfEvent = [] }: StoredEvent): string[] {
  return purposeOfEvent.flatMap(({ coding = [] }) => coding.map(({ code }) => code));
}
