import type { OrganisationName } from './profile.ts';

/** What a member of staff does, which decides what they may see. */
export type StaffRole = 'clinician' | 'compliance-officer' | 'privacy-officer' | 'front-desk' | 'researcher';

/** A member of staff before they are entered anywhere. */
export interface Employee {
  readonly given: string;
  readonly family: string;
  readonly role: StaffRole;
  /** What stands on the door. */
  readonly title: string;
  readonly gender: 'female' | 'male' | 'other';
}

type Row = readonly [given: string, family: string, gender: Employee['gender'], title: string];

const employees = (role: StaffRole, ...rows: readonly Row[]): Employee[] =>
  rows.map(([given, family, gender, title]) => ({ given, family, role, title, gender }));

/** Invented people who work at the four organisations; the first clinician of each sees most of its patients. */
export const STAFF_ROSTER: Readonly<Record<OrganisationName, readonly Employee[]>> = {
  'st-mary': [
    ...employees(
      'clinician',
      ['Imogen', 'Achterberg', 'female', 'Hospitalist'],
      ['Dayo', 'Olanrewaju', 'male', 'Cardiologist'],
    ),
    ...employees('compliance-officer', ['Petra', 'Lindholm', 'female', 'Compliance officer']),
    ...employees('privacy-officer', ['Rafael', 'Quintanilla', 'male', 'Privacy officer']),
    ...employees('front-desk', ['Junie', 'Park', 'female', 'Patient registration']),
    ...employees('researcher', ['Sunniva', 'Halvorsen', 'female', 'Clinical research coordinator']),
  ],
  lakeside: [
    ...employees(
      'clinician',
      ['Bennett', 'Osei', 'male', 'Family physician'],
      ['Marisol', 'Ibarra', 'female', 'Nurse practitioner'],
    ),
    ...employees('compliance-officer', ['Greta', 'Nyman', 'female', 'Compliance officer']),
    ...employees('privacy-officer', ['Anselm', 'Fourie', 'male', 'Privacy officer']),
    ...employees('front-desk', ['Tavi', 'Whitehorse', 'other', 'Front desk']),
  ],
  meridian: [
    ...employees('compliance-officer', ['Corinne', 'Abadie', 'female', 'Compliance officer']),
    ...employees('privacy-officer', ['Hollis', 'Mbeki', 'male', 'Privacy officer']),
    ...employees('front-desk', ['Yusra', 'Kaplan', 'female', 'Member services']),
  ],
  aurora: [
    ...employees('researcher', ['Emeka', 'Vanterpool', 'male', 'Principal investigator']),
    ...employees('compliance-officer', ['Signe', 'Dahlgaard', 'female', 'Quality and compliance']),
    ...employees('privacy-officer', ['Matteo', 'Arslan', 'male', 'Data protection officer']),
  ],
};
