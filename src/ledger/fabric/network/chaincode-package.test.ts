import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { goMinor } from './binaries.ts';
import { definitionVersion, packChaincode } from './chaincode-package.ts';
import { localPlans } from './organisation-plan.ts';
import { withSettings } from './process-configuration.ts';
import { gauge } from './process-metrics.ts';

const bundle = Buffer.from('export {};\n');
const pack = (content: Uint8Array) => packChaincode({ name: 'holdfast', semver: '1.2.3', bundle: content });

describe('a chaincode package', () => {
  test('of altered code has another version and another id', () => {
    const other = pack(Buffer.from('export {}; \n'));
    expect(other.packageId).not.toBe(pack(bundle).packageId);
    expect(other.version).not.toBe(pack(bundle).version);
  });

  test('is the same bytes wherever it is packed, and its id is their hash', () => {
    const packed = pack(bundle);
    expect(pack(Buffer.from(bundle)).bytes).toEqual(packed.bytes);
    const hash = createHash('sha256').update(packed.bytes).digest('hex');
    expect(packed.packageId).toBe(`${packed.label}:${hash}`);
    expect(packed.version).toBe(`1.2.3+${createHash('sha256').update(bundle).digest('hex')}`);
  });

  test('holds its label and the bundle in one archive inside another', () => {
    const outer = gunzipSync(pack(bundle).bytes);
    expect(outer.toString('latin1', 0, 13)).toBe('metadata.json');
    expect(outer.includes(`"label":"${pack(bundle).label}"`)).toBe(true);
    const at = outer.indexOf('code.tar.gz');
    const sizeBytes = Number.parseInt(outer.toString('latin1', at + 124, at + 135), 8);
    const inner = gunzipSync(outer.subarray(at + 512, at + 512 + sizeBytes));
    expect(inner.subarray(512, 512 + bundle.length)).toEqual(bundle);
  });

  test.each(['1.2', 'v1.2.3', '1.2.3+4', '1.2.3 ', ''])('refuses %j as a version', (semver) =>
    expect(() => definitionVersion(semver, bundle)).toThrow(RangeError),
  );
});

test.each([
  ['go version go1.26.8 linux/amd64', 26],
  ['go version go1.9 linux/amd64', 9],
  ['gccgo (Debian)', undefined],
])('%s is minor version %s', (text, minor) => expect(goMinor(text)).toBe(minor));

test('settings change what they name and leave what Fabric recommends', () => {
  const text = withSettings('peer:\n  id: jdoe\n  tls:\n    enabled: false\n    other: kept\n', {
    'peer.tls.enabled': true,
    'chaincode.externalBuilders': [{ name: 'holdfast' }],
  });
  expect(text).toBe(
    'peer:\n  id: jdoe\n  tls:\n    enabled: true\n    other: kept\nchaincode:\n  externalBuilders:\n    - name: holdfast\n',
  );
});

test('organisations on one machine share no port and listen at loopback only', () => {
  const plans = localPlans(['a1', 'b1', 'c1', 'd1'], 7050);
  const ports = plans.flatMap((plan) => Object.values(plan.ports));
  expect(new Set(ports).size).toBe(ports.length);
  expect(plans.map(({ bind }) => bind)).toEqual(plans.map(() => '127.0.0.1'));
});

test('a gauge is read for the own channel alone', () => {
  const text =
    '# HELP x\nledger_blockchain_height{channel="other"} 3\nledger_blockchain_height{channel="holdfast"} 12\n';
  expect(gauge(text, 'ledger_blockchain_height')).toBe(12);
  expect(gauge(text, 'consensus_BFT_leader_id')).toBeUndefined();
});
