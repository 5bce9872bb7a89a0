const PURPOSES: Readonly<Record<string, string>> = {
  TREAT: 'for treatment',
  ETREAT: 'for emergency treatment',
  HPAYMT: 'for payment',
  HOPERAT: 'for operations',
  HRESCH: 'for research',
  HLEGAL: 'for legal proceedings',
  HSYSADMIN: 'for the administration of the system',
  PATRQT: "at the patient's request",
  BTG: 'in an emergency',
};

const WORDS: Readonly<Record<string, string>> = {
  read: 'read an entry',
  vread: 'read an earlier version of an entry',
  'search-type': 'searched',
  search: 'searched',
  create: 'added an entry',
  update: 'changed an entry',
  patch: 'changed an entry',
  delete: 'deleted an entry',
  transaction: 'wrote several entries',
  batch: 'did several things',
  import: 'brought in the record',
  everything: 'read the whole record',
  'network-everything': 'asked for the record across organisations',
  locator: 'was told where the record is',
  'history-instance': 'read the history of an entry',
  'history-type': 'read a history of entries',
  'events-delivery': 'was told that entries were written',
  receipt: 'fetched a receipt',
  disclosures: 'looked at who was given data',
  accesses: 'looked at this list',
  'audit-export': 'exported the audit trail',
  'consent-list': 'looked at the consents',
  'consent-grant': 'recorded a consent',
  'consent-revoke': 'recorded that a consent was taken back',
  'rights-request': 'recorded a request about the record',
  'rights-requests': 'looked at requests about the record',
  'rights-extend': 'took more time for a request',
  'rights-grant': 'accepted a request',
  'rights-deny': 'denied a request',
  'rights-enclose': 'asked that a denial go with later disclosures',
  'rights-disagree': 'recorded a statement of disagreement',
  'rights-rebut': 'answered a statement of disagreement',
  'demo-sign-in': 'signed in',
  'enrol-key': 'enrolled a key',
  'enrolment-code': 'made an enrolment code',
  'read-keys': 'looked at the enrolled keys',
  'retire-key': 'ended an enrolled key',
  'erase-patient': 'erased the record',
  'erase-record': 'erased an entry',
  'merge-patient': 'joined two records',
  'unmerge-patient': 'took two joined records apart',
  'exchange-emergency': 'asked for the record',
  'break-glass': 'opened the record without consent',
  'break-glass-queue': 'looked at emergency accesses',
  'review-break-glass': 'looked into an emergency access',
};

/** What a request did, in words that follow who did it; undefined for a code that the portal does not know. */
export function doneWords(code: string): string | undefined {
  return WORDS[code];
}

/** All purposes of an access in words: an emergency stands beside the treatment in it. A code that is not known stands as it is; empty for none. */
export function purposesWords(codes: readonly string[]): string {
  return codes.map((code) => PURPOSES[code] ?? `for ${code}`).join(', ');
}
