import type { Section } from './channel-configuration.ts';

/** `msp.MSPRole.MSPRoleType`, by organisational unit of a certificate. */
export type Role = 'ADMIN' | 'MEMBER' | 'CLIENT' | 'PEER' | 'ORDERER';

/** Who of an organisation may do what, in each section of the channel. */
export const ROLES = {
  Application: {
    Readers: ['MEMBER'],
    Writers: ['ADMIN', 'CLIENT'],
    Admins: ['ADMIN'],
    Endorsement: ['PEER'],
  },
  // No client writes as one of an ordering organisation: a suspended one, whose orderer may stay, would keep this door.
  Orderer: { Readers: ['MEMBER'], Writers: ['ORDERER'], Admins: ['ADMIN'], Endorsement: ['PEER'] },
} as const satisfies Readonly<Record<Section, Readonly<Record<string, readonly Role[]>>>>;
