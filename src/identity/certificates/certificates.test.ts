import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CertificateRole,
  createOrganisationAuthorities,
  exportOfflineRoot,
  IdentityError,
  importOfflineRoot,
  issueCertificate,
  issueTlsCertificate,
  type OrganisationAuthorities,
  p256PrivateKey,
  p256Scalar,
  renewIdentityAuthority,
} from '../index.ts';

const now = new Date();
const folder = mkdtempSync(join(tmpdir(), 'holdfast-certificates-'));
let mary: OrganisationAuthorities;
let lakeside: OrganisationAuthorities;

beforeAll(async () => {
  mary = await createOrganisationAuthorities('st-mary', now);
  lakeside = await createOrganisationAuthorities('lakeside', now);
});
afterAll(() => rmSync(folder, { recursive: true }));

const parse = (pem: string) => new X509Certificate(pem);
const keyPair = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, publicKey: publicKey.export({ format: 'der', type: 'spki' }) };
};
const issuedBy = (certificate: X509Certificate, issuer: X509Certificate) =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
const years = (certificate: X509Certificate) =>
  (certificate.validToDate.getTime() - certificate.validFromDate.getTime()) / (365.25 * 86_400_000);

describe('the authorities of an organisation', () => {
  test('are a root, an identity authority below it, and a TLS authority apart from both', () => {
    const [root, identity, tls] = [mary.root, mary.identity, mary.tls].map(({ certificate }) =>
      parse(certificate),
    );
    expect(issuedBy(root!, root!)).toBe(true);
    expect(issuedBy(identity!, root!)).toBe(true);
    expect(issuedBy(tls!, tls!)).toBe(true);
    expect(issuedBy(tls!, root!)).toBe(false);
    expect(issuedBy(identity!, parse(lakeside.root.certificate))).toBe(false);
    for (const certificate of [root!, identity!, tls!]) {
      expect(certificate.ca).toBe(true);
      expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
      expect(certificate.subject).toContain('O=st-mary');
      expect(certificate.serialNumber).toHaveLength(32);
    }
    expect([root!, identity!, tls!].map((each) => Math.round(years(each)))).toEqual([20, 10, 10]);
  });

  test('never outlive what stands above them', async () => {
    const late = new Date(now.getTime() + 17 * 365.25 * 86_400_000);
    const renewed = parse((await renewIdentityAuthority('st-mary', mary.root, late)).certificate);
    expect(renewed.validToDate).toEqual(parse(mary.root.certificate).validToDate);
    expect(issuedBy(renewed, parse(mary.root.certificate))).toBe(true);
  });
});

describe('the offline root', () => {
  const path = join(folder, 'st-mary-root.json');
  const refused = (work: () => unknown) => {
    try {
      work();
      return undefined;
    } catch (error) {
      return error instanceof IdentityError ? error.code : (error as { code?: string }).code;
    }
  };

  test('goes to a file that only its passphrase opens', () => {
    exportOfflineRoot(path, 'st-mary', mary.root, 'correct horse battery staple');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('BEGIN CERTIFICATE');
    expect(text).not.toContain('PRIVATE KEY');
    expect(text).not.toContain(Buffer.from(mary.root.privateKey).toString('base64').slice(0, 40));
    const root = importOfflineRoot(path, 'st-mary', 'correct horse battery staple');
    expect(Buffer.from(root.privateKey)).toEqual(Buffer.from(mary.root.privateKey));
    expect(refused(() => importOfflineRoot(path, 'st-mary', 'wrong'))).toBe('authority-unreadable');
    expect(refused(() => importOfflineRoot(path, 'lakeside', 'correct horse battery staple'))).toBe(
      'authority-unreadable',
    );
    expect(refused(() => importOfflineRoot(join(folder, 'none.json'), 'st-mary', 'x'))).toBe(
      'authority-unreadable',
    );
  });

  test('is never overwritten', () => {
    expect(refused(() => exportOfflineRoot(path, 'st-mary', lakeside.root, 'another'))).toBe('EEXIST');
  });
});

describe('a role certificate', () => {
  test.each<CertificateRole>(['admin', 'peer', 'orderer', 'client'])(
    'names the role %s and no person',
    async (role) => {
      const { publicKey } = keyPair();
      const certificate = parse(
        await issueCertificate(mary.identity, { organisation: 'st-mary', role, publicKey, now }),
      );
      expect(certificate.subject.split('\n').sort()).toEqual([
        `CN=${role}.st-mary`,
        'O=st-mary',
        `OU=${role}`,
      ]);
      expect(issuedBy(certificate, parse(mary.identity.certificate))).toBe(true);
      expect(issuedBy(certificate, parse(mary.tls.certificate))).toBe(false);
      expect(certificate.ca).toBe(false);
      expect(years(certificate)).toBeLessThan(1.1);
      expect(certificate.subjectAltName).toBeUndefined();
    },
  );

  test('cannot carry another attribute inside its unit', async () => {
    const { publicKey } = keyPair();
    for (const unit of ['peer0, OU=admin', 'Peer', '', 'a.b', '-a']) {
      await expect(
        issueCertificate(mary.identity, { organisation: 'st-mary', role: 'peer', unit, publicKey, now }),
      ).rejects.toThrow(RangeError);
    }
  });

  test('is made for P-256 keys only', async () => {
    const publicKey = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });
    await expect(
      issueCertificate(mary.identity, { organisation: 'st-mary', role: 'client', publicKey, now }),
    ).rejects.toThrow();
  });
});

describe('a TLS certificate', () => {
  const handshake = async (authority: string, host: string) => {
    const { privateKey, publicKey } = keyPair();
    const cert = await issueTlsCertificate(mary.tls, {
      organisation: 'st-mary',
      unit: 'node',
      hosts: ['localhost', '127.0.0.1'],
      publicKey,
      now: new Date(),
    });
    const server = createServer(
      { cert, key: privateKey.export({ format: 'pem', type: 'pkcs8' }) },
      (socket) => socket.end('ok'),
    );
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      return await new Promise<string>((resolve) => {
        const socket = connect({ port, host: '127.0.0.1', servername: host, ca: authority }, () =>
          resolve('accepted'),
        );
        socket.on('error', (error) => resolve((error as { code?: string }).code ?? 'refused'));
        socket.on('data', () => socket.end());
      });
    } finally {
      server.close();
    }
  };

  test('is accepted under its authority and name only', async () => {
    expect(await handshake(mary.tls.certificate, 'localhost')).toBe('accepted');
    expect(await handshake(mary.tls.certificate, 'st-mary.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(await handshake(lakeside.tls.certificate, 'localhost')).not.toBe('accepted');
    expect(await handshake(mary.root.certificate, 'localhost')).not.toBe('accepted');
  });

  test('private keys of authorities are PKCS #8, and 32 bytes for the keyring', () => {
    for (const { privateKey } of Object.values(mary)) {
      const key = createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' });
      expect(key.asymmetricKeyType).toBe('ec');
      const scalar = p256Scalar(privateKey);
      expect(scalar).toHaveLength(32);
      expect(p256Scalar(p256PrivateKey(scalar))).toEqual(scalar);
    }
    for (const byte of [0, 255]) expect(() => p256PrivateKey(new Uint8Array(32).fill(byte))).toThrow();
  });
});
