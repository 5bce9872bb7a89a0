import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { cose, isoCBOR } from '@simplewebauthn/server/helpers';

/** What a device is made to say, where it is not the truth. */
export interface Lies {
  readonly origin?: string;
  readonly host?: string;
  readonly challenge?: string;
  readonly type?: string;
  /** Whether its owner showed themself. */
  readonly verified?: boolean;
  /** Whether anybody was there at all. */
  readonly present?: boolean;
  readonly counter?: number;
  /** Signs in place of the device's key. */
  readonly key?: KeyObject;
  readonly crossOrigin?: boolean;
}

// Flags of authenticator data (WebAuthn Level 3 §6.1).
const PRESENT = 0x01; // bit 0, UP
const VERIFIED = 0x04; // bit 2, UV
const WITH_CREDENTIAL = 0x40; // bit 6, AT

const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();

/** A device of software that makes and uses one passkey (WebAuthn Level 3 §6), with a counter. */
export class SoftAuthenticator {
  readonly #origin: string;
  readonly #id = randomBytes(16);
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  #counter = 0;

  /** `origin`: of the page that it thinks it is on. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Credential id, base64url. */
  get id(): string {
    return this.#id.toString('base64url');
  }

  /** The answer to a registration challenge. */
  make(challenge: string, lies: Lies = {}): Record<string, unknown> {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const publicKey = isoCBOR.encode(
      new Map<number, number | Uint8Array>([
        [cose.COSEKEYS.kty, cose.COSEKTY.EC2],
        [cose.COSEKEYS.alg, cose.COSEALG.ES256],
        [cose.COSEKEYS.crv, cose.COSECRV.P256],
        [cose.COSEKEYS.x, new Uint8Array(Buffer.from(x, 'base64url'))],
        [cose.COSEKEYS.y, new Uint8Array(Buffer.from(y, 'base64url'))],
      ]),
    );
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.#id.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, this.#id, publicKey]);
    const authData = Buffer.concat([this.#about(WITH_CREDENTIAL, lies), credential]);
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', new Uint8Array(authData)],
    ]);
    return this.#answer({
      clientDataJSON: this.#client('webauthn.create', challenge, lies).toString('base64url'),
      attestationObject: Buffer.from(isoCBOR.encode(attestation as never)).toString('base64url'),
      transports: ['internal'],
    });
  }

  /** The answer to a sign-in challenge. */
  use(challenge: string, lies: Lies = {}): Record<string, unknown> {
    this.#counter += 1;
    const client = this.#client('webauthn.get', challenge, lies);
    const authData = this.#about(0, lies);
    const signature = sign(
      'sha256',
      Buffer.concat([authData, sha256(client)]),
      lies.key ?? this.#keys.privateKey,
    );
    return this.#answer({
      clientDataJSON: client.toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      signature: signature.toString('base64url'),
    });
  }

  #answer(response: object): Record<string, unknown> {
    return { id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {}, response };
  }

  #client(type: string, challenge: string, lies: Lies): Buffer {
    const { origin = this.#origin, crossOrigin = false } = lies;
    const said = { type: lies.type ?? type, challenge: lies.challenge ?? challenge, origin, crossOrigin };
    return Buffer.from(JSON.stringify(said));
  }

  #about(more: number, { host, verified = true, present = true, counter = this.#counter }: Lies): Buffer {
    const flags = more | (present ? PRESENT : 0) | (verified ? VERIFIED : 0);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(host ?? new URL(this.#origin).hostname), Buffer.of(flags), count]);
  }
}
