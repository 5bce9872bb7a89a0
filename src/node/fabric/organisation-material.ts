import { generateKeyPairSync } from 'node:crypto';
import {
  type CertificateRole,
  issueCertificate,
  issueTlsCertificate,
  type OrganisationAuthorities,
} from '../../identity/index.ts';
import type { IdentityHolder, KeyPair, OrganisationMaterial, TlsHolder } from '../../ledger/index.ts';

/** The authorities that sign for an organisation; the root's key is not needed. */
export type SigningAuthorities = Pick<OrganisationAuthorities, 'identity' | 'tls'> & {
  readonly root: Pick<OrganisationAuthorities['root'], 'certificate'>;
};

/** Whom material is for. */
export interface MaterialRequest {
  readonly organisation: string;
  /** Names under which its servers are reached. */
  readonly hosts: readonly string[];
  readonly now: Date;
}

const IDENTITIES: Record<IdentityHolder, CertificateRole> = {
  orderer: 'orderer',
  peer: 'peer',
  admin: 'admin',
  client: 'client',
};
const TLS_HOLDERS: readonly TlsHolder[] = ['orderer', 'peer', 'chaincode', 'chaincode-client', 'operator'];

/** New keys and certificates for every process of an organisation on Fabric. */
export async function issueMaterial(
  authorities: SigningAuthorities,
  request: MaterialRequest,
): Promise<OrganisationMaterial> {
  const { organisation, now } = request;
  const identities: Partial<Record<IdentityHolder, KeyPair>> = {};
  for (const [holder, role] of Object.entries(IDENTITIES) as [IdentityHolder, CertificateRole][])
    identities[holder] = await certified((publicKey) =>
      issueCertificate(authorities.identity, { organisation, role, publicKey, now }),
    );
  const tls: Partial<Record<TlsHolder, KeyPair>> = {};
  for (const holder of TLS_HOLDERS) tls[holder] = await issueTls(authorities, request, holder);
  return {
    organisation,
    authorities: {
      root: authorities.root.certificate,
      identity: [authorities.identity.certificate],
      tls: [authorities.tls.certificate],
    },
    identities: identities as Record<IdentityHolder, KeyPair>,
    tls: tls as Record<TlsHolder, KeyPair>,
  };
}

/** A new key and certificate for one TLS holder. Chaincode and operators are on the organisation's own machine. */
export function issueTls(
  authorities: SigningAuthorities,
  { organisation, hosts, now }: MaterialRequest,
  holder: TlsHolder,
): Promise<KeyPair> {
  return certified((publicKey) =>
    issueTlsCertificate(authorities.tls, {
      organisation,
      unit: holder,
      hosts: [...new Set([...hosts, 'localhost', '127.0.0.1'])],
      publicKey,
      now,
    }),
  );
}

async function certified(issue: (publicKey: Uint8Array) => Promise<string>): Promise<KeyPair> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = await issue(publicKey.export({ format: 'der', type: 'spki' }));
  return {
    certificate: `${certificate.trimEnd()}\n`,
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}
