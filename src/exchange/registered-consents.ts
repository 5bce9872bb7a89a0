import type { ConsentRegister } from '../consent/index.ts';
import type { ConsentDirectory } from './consent-directory.ts';

/** The consent register as exchange sees it. */
export function consentDirectory(register: ConsentRegister): ConsentDirectory {
  return {
    onLedger: (id) => register.onLedger(id),
    grant: (id) => register.grant(id),
    activeGrants: () => register.activeGrants(),
    patientOfKey: (key) => register.patientOfKey(key),
    attach: (locator, patient) => register.attach(locator, patient),
    async held(consent) {
      const record = await register.records.current(consent);
      return record?.role === 'grantee' ? record : undefined;
    },
    heldIds: () => register.records.ids('grantee'),
    locatorsOf: (patient) => register.locatorsOf(patient),
    attachedTo: (patient) => register.attachedTo(patient),
  };
}
