import { type EmergencyReason, isEmergencyReason } from '../consent/index.ts';
import { ExchangeError } from './errors.ts';

/** Ids of a patient in one question. */
export const MAX_IDS = 16; // one, and some that were wrong
/** Grants whose handles are shown in one question. */
export const MAX_HANDLES = 16; // as many as are asked under otherwise
const MAX_TEXT = 8_000; // as long as the reason may be where it was given
const MAX_NAME = 300; // a name, or the name of a house
const ID = /^[0-9a-f]{32}$/;
/** A year or a month alone would fit too many people. */
export const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** How the asker knows the patient of this custodian, and nothing by which anybody else does. */
export interface SoughtPatient {
  /** Ids at the custodian, as the asker's record has them (FORMATS §5). */
  readonly ids: readonly string[];
  readonly handles: readonly { readonly consent: string; readonly handle: string }[];
  /** The whole day. */
  readonly birthDate?: string;
}

/** Glass that was broken at the asker, with the facts of 42 CFR 2.51(c)(1) and (4). */
export interface AskedEmergency {
  /** The asker's own id of it. */
  readonly id: string;
  readonly reason: EmergencyReason;
  readonly text: string;
  readonly person: string;
  readonly name: string;
  readonly affiliation: string;
  /** RFC 3339. */
  readonly until: string;
}

/** What one member asks another in an emergency. */
export interface EmergencyQuestion {
  readonly patient: SoughtPatient;
  readonly emergency: AskedEmergency;
}

const malformed = () =>
  new ExchangeError('malformed', 'A record is asked for in an emergency as { patient, emergency }.');

const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= most;

function idsIn(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length > MAX_IDS) throw malformed();
  return value.map((id: unknown) => {
    if (!isText(id, MAX_NAME)) throw malformed();
    return id;
  });
}

function handlesIn(value: unknown): SoughtPatient['handles'] {
  if (!Array.isArray(value) || value.length > MAX_HANDLES) throw malformed();
  return value.map((each: unknown) => {
    const { consent, handle } = (each ?? {}) as Record<string, unknown>;
    if (!isText(consent, MAX_NAME) || !isText(handle, MAX_NAME)) throw malformed();
    return { consent, handle };
  });
}

function emergencyIn(value: unknown): AskedEmergency {
  const { id, reason, text, person, name, affiliation, until } = (value ?? {}) as Record<string, unknown>;
  const isWhole =
    isText(id, 32) &&
    ID.test(id) &&
    isEmergencyReason(reason) &&
    isText(text, MAX_TEXT) &&
    isText(person, MAX_NAME) &&
    isText(name, MAX_NAME) &&
    isText(affiliation, MAX_NAME) &&
    isText(until, 32) &&
    !Number.isNaN(Date.parse(until));
  if (!isWhole) throw malformed();
  return { id, reason, text, person, name, affiliation, until };
}

/** Reads a question. Throws ExchangeError `malformed` for anything else. */
export function parseEmergencyQuestion(value: unknown): EmergencyQuestion {
  const { patient, emergency } = (value ?? {}) as { patient?: unknown; emergency?: unknown };
  const { ids, handles, birthDate } = (patient ?? {}) as Record<string, unknown>;
  if (birthDate !== undefined && !(isText(birthDate, 10) && DAY.test(birthDate))) throw malformed();
  return {
    patient: {
      ids: idsIn(ids),
      handles: handlesIn(handles),
      ...(birthDate === undefined ? {} : { birthDate }),
    },
    emergency: emergencyIn(emergency),
  };
}
