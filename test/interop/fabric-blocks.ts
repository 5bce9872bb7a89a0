import { createHash, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { concat, orderedDataHash, orderedHeaderBytes, utf8 } from '../../src/proof/index.ts';

/** Makes what Fabric makes, by the definitions of its messages and nothing of the product's own readers. */

/** A protocol-buffers field: text, bytes or a message length-delimited, a number as varint. */
export function field(number: number, value: string | Uint8Array | number): Uint8Array {
  if (typeof value === 'number') return Uint8Array.from([...varint(number << 3), ...varint(value)]);
  const bytes = typeof value === 'string' ? utf8(value) : value;
  return concat(Uint8Array.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes);
}

/** A message of fields. */
export function message(...fields: readonly Uint8Array[]): Uint8Array {
  return concat(...fields);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 128))];
}

function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = concat(...content);
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff];
  return concat(Uint8Array.from([tag, ...length]), body);
}

/** Somebody with a P-256 key and a certificate; nobody vouches for it, as none of the readers under test looks for that. */
export interface Holder {
  readonly pem: string;
  readonly key: KeyObject;
}

/** A new holder whose certificate names these organizational units. */
export function holder(...units: readonly string[]): Holder {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const oid = (hex: string) => der(0x06, Uint8Array.fromHex(hex));
  const name = (type: string, text: string) => der(0x31, der(0x30, oid(type), der(0x0c, utf8(text))));
  const algorithm = der(0x30, oid('2a8648ce3d040302'));
  const signed = der(
    0x30,
    der(0xa0, der(0x02, Uint8Array.of(2))),
    der(0x02, Uint8Array.of(7)),
    algorithm,
    der(0x30, name('550403', 'authority')),
    der(0x30, der(0x17, utf8('260101000000Z')), der(0x17, utf8('360101000000Z'))),
    der(0x30, name('550403', 'holder'), ...units.map((unit) => name('55040b', unit))),
    new Uint8Array(publicKey.export({ format: 'der', type: 'spki' })),
  );
  const certificate = der(0x30, signed, algorithm, der(0x03, Uint8Array.of(0, 1)));
  const lines =
    Buffer.from(certificate)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return {
    pem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey,
  };
}

/** Order of P-256 (SEC 2 §2.4.2). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** ECDSA over SHA-256 in DER; with the lower S, as Fabric signs, or the higher one. */
export function ecdsa(key: KeyObject, bytes: Uint8Array, half: 'low' | 'high' = 'low'): Uint8Array {
  const raw = createSign('sha256').update(bytes).sign({ key, dsaEncoding: 'ieee-p1363' });
  const s = BigInt(`0x${raw.subarray(32).toString('hex')}`);
  const isLow = s <= ORDER / 2n;
  const wanted = isLow === (half === 'low') ? s : ORDER - s;
  const integer = (hex: string) => {
    const bytes = Buffer.from(hex.replace(/^(00)+/, '').padStart(2, '0'), 'hex');
    return der(0x02, (bytes[0] ?? 0) >= 0x80 ? concat(Uint8Array.of(0), bytes) : bytes);
  };
  return der(
    0x30,
    integer(raw.subarray(0, 32).toString('hex')),
    integer(wanted.toString(16).padStart(64, '0')),
  );
}

/** One orderer. */
export interface Orderer extends Holder {
  readonly id: number;
}

/** A block with its parts, ready to be signed and serialized. */
export interface MadeBlock {
  readonly number: number;
  readonly previousHash: Uint8Array;
  readonly dataHash: Uint8Array;
  readonly data: readonly Uint8Array[];
  readonly metadata: Uint8Array[];
}

/** A block of envelopes after another. */
export function makeBlock(before: MadeBlock | undefined, data: readonly Uint8Array[]): MadeBlock {
  return {
    number: before === undefined ? 0 : before.number + 1,
    previousHash:
      before === undefined
        ? new Uint8Array()
        : createHash('sha256').update(orderedHeaderBytes(before)).digest(),
    dataHash: orderedDataHash(data),
    data,
    metadata: [new Uint8Array(), new Uint8Array(), new Uint8Array(data.length)],
  };
}

/** The signature metadata of a block: `common.Metadata` with the configuration in force and one signature per orderer. */
export function signatures(
  block: MadeBlock,
  orderers: readonly Orderer[],
  configuration: number,
  sign: (key: KeyObject, bytes: Uint8Array) => Uint8Array = ecdsa,
): Uint8Array {
  const value = message(field(1, message(field(1, configuration))), field(2, 'view'));
  const entries = orderers.map(({ id, key }) => {
    const identifier = message(field(1, id), field(2, `nonce of ${id}`));
    const signature = sign(key, concat(value, identifier, orderedHeaderBytes(block)));
    return field(2, message(field(2, signature), field(3, identifier)));
  });
  return message(field(1, value), ...entries);
}

/** A serialized `common.Block`. */
export function serialized(block: MadeBlock): Uint8Array {
  const header = message(
    ...(block.number === 0 ? [] : [field(1, block.number)]),
    field(2, block.previousHash),
    field(3, block.dataHash),
  );
  return message(
    field(1, header),
    field(2, message(...block.data.map((each) => field(1, each)))),
    field(3, message(...block.metadata.map((each) => field(1, each)))),
  );
}

/** The envelope of a configuration: `ConfigEnvelope` with the orderers of a channel. */
export function configurationEnvelope(
  channel: string,
  sequence: number,
  orderers: readonly Orderer[],
  type = 'BFT',
): Uint8Array {
  const entry = (key: string, value: Uint8Array) => message(field(1, key), field(2, value));
  const consenters = orderers.map(({ id, pem }) =>
    field(
      1,
      message(field(1, id), field(2, 'localhost'), field(3, 7050), field(4, `org${id}`), field(5, pem)),
    ),
  );
  const orderer = message(
    field(3, entry('ConsensusType', field(2, field(1, type)))),
    field(3, entry('Orderers', field(2, message(...consenters)))),
  );
  const config = message(
    ...(sequence === 0 ? [] : [field(1, sequence)]),
    field(2, field(2, entry('Orderer', orderer))),
  );
  const header = field(1, message(field(1, 1), field(4, channel)));
  return field(1, message(field(1, header), field(2, field(1, config))));
}
