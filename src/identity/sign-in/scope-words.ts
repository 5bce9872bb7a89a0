import { APPOINTMENTS, interactionBits, isContextScope } from '../scope/scope.ts';
import { parseResourceScopes } from '../scope/scopes.ts';

const typeWords: Readonly<Record<string, string>> = {
  '*': 'everything in the record',
  AllergyIntolerance: 'allergies',
  Appointment: 'appointments',
  AuditEvent: 'who looked at the record',
  CarePlan: 'care plans',
  CareTeam: 'care teams',
  Claim: 'claims',
  Condition: 'diagnoses and problems',
  Consent: 'permissions that were given',
  Coverage: 'insurance',
  Device: 'devices and implants',
  DiagnosticReport: 'reports of laboratories and imaging',
  DocumentReference: 'documents and notes',
  Encounter: 'visits and stays',
  ExplanationOfBenefit: 'what insurance paid',
  FamilyMemberHistory: 'illnesses in the family',
  Goal: 'goals of treatment',
  ImagingStudy: 'images',
  Immunization: 'vaccinations',
  Location: 'places of care',
  MedicationRequest: 'prescriptions',
  MedicationStatement: 'medicines taken',
  Observation: 'measurements and laboratory results',
  Organization: 'organisations',
  Patient: 'name, birth date, address and contacts',
  Practitioner: 'names of those who treat',
  Procedure: 'operations and procedures',
  QuestionnaireResponse: 'answers to questionnaires',
  RelatedPerson: 'relatives and carers',
  ServiceRequest: 'orders and referrals',
};

/** One line of the authorisation screen. */
export interface ScopeWords {
  /** The scope as it stands in the request. */
  readonly scope: string;
  readonly words: string;
}

/** What FHIR scopes mean, in words for the person who decides. */
export function wordsOf(scope: string): ScopeWords[] {
  return parseResourceScopes(scope).map(({ text, level, type, interactions }) => {
    const appointed = (interactions & (APPOINTMENTS.get(type) ?? 0)) !== 0;
    const may = [
      (interactions & (interactionBits.r | interactionBits.s)) !== 0 ? 'see' : '',
      (interactions & interactionBits.c) !== 0 ? 'add' : '',
      (interactions & interactionBits.u) !== 0 && !appointed ? 'change' : '',
      (interactions & interactionBits.d) !== 0 ? 'delete' : '',
    ].filter((word) => word !== '');
    const what = typeWords[type] ?? type.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
    const whose = level === 'patient' ? 'of this patient' : 'of every patient that you may see';
    const at = text.indexOf('?');
    const only = at < 0 ? '' : `, only where ${restrictionWords(text.slice(at + 1))}`;
    const words = may.length === 0 ? [] : [`${listed(may)} ${what} ${whose}${only}`];
    return {
      scope: text,
      words: [...(appointed ? ['act as the privacy officer'] : []), ...words].join(', and '),
    };
  });
}

/** What launch and identity scopes mean; those that give nothing away by themselves are left out. */
export function contextWords(scope: string): ScopeWords[] {
  const known: Readonly<Record<string, string>> = {
    fhirUser: 'learn who you are here',
    profile: 'learn your name',
    offline_access: 'keep access while you are away, until you end it',
    online_access: 'keep access while you are signed in',
  };
  return scope
    .split(' ')
    .filter(isContextScope)
    .flatMap((word) => {
      const words = known[word];
      return words === undefined ? [] : [{ scope: word, words }];
    });
}

function restrictionWords(query: string): string {
  return query
    .split('&')
    .map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return `${name.replace(/[-_:]/g, ' ').trim()} is ${decodeURIComponent(value).split('|').at(-1) ?? ''}`;
    })
    .join(' and ');
}

function listed(words: readonly string[]): string {
  const [first = '', ...rest] = words;
  const last = rest.pop();
  return last === undefined ? first : `${[first, ...rest].join(', ')} and ${last}`;
}
