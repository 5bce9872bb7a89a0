import { asEmergency, mayBreak } from '../../audit/index.ts';
import { createExclusive, fhirConsentPath, organisationPolicy } from '../../consent/index.ts';
import {
  everythingOperation,
  type FhirServices,
  receiptOperation,
  validateOperation,
} from '../../fhir/index.ts';
import { createAuthenticator } from '../../identity/index.ts';
import { type NetworkReader, networkEverythingOperation } from '../index.ts';
import type { MemberParts } from './member-parts.ts';

/** A member's FHIR services. What reads the network's record is made of them, and asked for when it is needed. */
export function memberFhir(
  { organisation, storage, consents, breakGlass, view, realm, tokenKey }: MemberParts,
  reader: () => NetworkReader,
): FhirServices {
  return {
    organisation,
    baseUrl: realm.audience,
    vault: storage.vault,
    authenticate: createAuthenticator(realm, [tokenKey]).authenticate,
    consentsOf: (patient) => consents.register.consentsOf(patient),
    policy: organisationPolicy(),
    proofs: storage.log,
    consentPath: fhirConsentPath(consents),
    operations: [
      receiptOperation,
      validateOperation,
      everythingOperation,
      networkEverythingOperation(reader),
    ],
    emergencies: {
      isStale: () => !view.isFresh,
      toldOf: (id) => breakGlass.factsOf(id),
      isNotice: (id) => breakGlass.knows(id),
      openFor: (principal, patient) => {
        const glass = mayBreak(principal) ? breakGlass.openFor(principal.id, patient) : undefined;
        return glass === undefined ? undefined : asEmergency(glass);
      },
    },
    pagingKey: storage.keyring.key('paging').key,
    conditions: createExclusive(),
    now: () => new Date(),
    onFault: () => undefined,
  };
}
