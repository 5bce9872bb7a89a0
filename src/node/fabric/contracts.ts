import { consentContract } from '../../consent/contract.ts';
import { membershipContract } from '../../identity/contract.ts';
import { anchorsContract } from '../../log/contract.ts';

/** The contracts of the chaincode, taken from their files and not through the rooms' doors, which would load databases and servers with them. */
export const contracts = [membershipContract, anchorsContract, consentContract];
