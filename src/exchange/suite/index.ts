export { consentFor, Device, type Grant, permitting } from './device.ts';
export { BORN, emergencyQuestion } from './emergency-question.ts';
export { MemberNode } from './member-node.ts';
export { ExchangeNetwork } from './network.ts';
