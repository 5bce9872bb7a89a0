import { equalBytes, fromBase64, fromUtf8, toHex } from '../bytes.ts';
import { ProofError } from '../errors.ts';
import { DER_TAG, derContent, readDer } from './der.ts';

/** What is read of an X.509 certificate: the rest of it is the membership service's matter. */
export interface CertificateContent {
  /** The P-256 public key, uncompressed: 65 bytes, 0x04 first. */
  readonly publicKey: Uint8Array;
  /** The organizational units of the subject: on Fabric they say in which capacity it acts (NodeOUs). */
  readonly units: readonly string[];
}

const PEM = /^-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE-----\s*$/;
const OID_EC_PUBLIC_KEY = Uint8Array.fromHex('2a8648ce3d0201');
const OID_P256 = Uint8Array.fromHex('2a8648ce3d030107');
/** id-at-organizationalUnitName, 2.5.4.11. */
const OID_UNIT = '55040b';
/** Length of an uncompressed P-256 point. */
const POINT_BYTES = 65;

/** What an X.509 certificate with a P-256 key says (RFC 5280 §4.1), PEM text as bytes. Throws `ProofError` `malformed` or `unsupported`. */
export function readCertificate(pem: Uint8Array): CertificateContent {
  const body = PEM.exec(fromUtf8(pem))?.[1];
  if (body === undefined) throw new ProofError('malformed', 'Not one certificate in PEM.');
  const certificate = readDer(fromBase64(body.replace(/[\r\n]/g, '')));
  const [signed] = readDer(derContent(certificate, 0, DER_TAG.sequence));
  if (signed === undefined || certificate.length !== 1)
    throw new ProofError('malformed', 'Not one certificate.');
  const fields = readDer(signed.content);
  // The version, [0], is left out in version 1.
  const first = fields[0]?.tag === DER_TAG.context0 ? 1 : 0;
  return {
    units: unitsOf(derContent(fields, first + 4, DER_TAG.sequence)),
    publicKey: pointOf(derContent(fields, first + 5, DER_TAG.sequence)),
  };
}

/** Name ::= SEQUENCE OF SET OF { type, value } (RFC 5280 §4.1.2.4). */
function unitsOf(name: Uint8Array): string[] {
  return readDer(name).flatMap(({ content }) =>
    readDer(content).flatMap((attribute) => {
      const [type, value] = readDer(attribute.content);
      return type?.tag === DER_TAG.oid && toHex(type.content) === OID_UNIT && value !== undefined
        ? [fromUtf8(value.content)]
        : [];
    }),
  );
}

/** SubjectPublicKeyInfo with id-ecPublicKey and namedCurve secp256r1 (RFC 5480 §2). */
function pointOf(info: Uint8Array): Uint8Array {
  const [algorithm, key] = readDer(info);
  const [type, curve] = readDer(algorithm?.content ?? new Uint8Array());
  const isP256 =
    type !== undefined &&
    curve !== undefined &&
    equalBytes(type.content, OID_EC_PUBLIC_KEY) &&
    equalBytes(curve.content, OID_P256);
  const bits = key?.tag === DER_TAG.bitString ? key.content : new Uint8Array();
  // The first byte counts unused bits: none in a key.
  if (!isP256 || bits.length !== POINT_BYTES + 1 || bits[0] !== 0 || bits[1] !== 4)
    throw new ProofError('unsupported', 'The certificate holds no uncompressed P-256 key.');
  return bits.subarray(1);
}
