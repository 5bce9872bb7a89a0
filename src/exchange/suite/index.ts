export { consentFor, Device, type Grant, permitting } from './device.ts';
export { MemberNode, type Received, type Sending } from './member-node.ts';
export { ExchangeNetwork } from './network.ts';
