const HOUR_MS = 3_600_000; // 60 · 60 · 1,000

/** Day of birth of everybody who is asked for in an emergency. */
export const BORN = '1961-04-12';

/** What a member asks in an emergency of the patient `here`, unless another is named. */
export const emergencyQuestion = (patient: object = {}, emergency: object = {}) => ({
  patient: { ids: ['here'], handles: [], birthDate: BORN, ...patient },
  emergency: {
    id: 'e'.repeat(32),
    reason: 'medical-emergency',
    text: 'Found unconscious.',
    person: 'Practitioner/7',
    name: 'Ngozi Okafor',
    affiliation: 'Lakeside Clinic',
    until: new Date(Date.now() + HOUR_MS).toISOString(),
    ...emergency,
  },
});
