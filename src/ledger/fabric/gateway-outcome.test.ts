import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { GatewayError } from '@hyperledger/fabric-gateway';
import { describe, expect, test } from 'vitest';
import type { LedgerErrorCode } from '../error.ts';
import { gatewayOutcome } from './gateway-outcome.ts';

const OWN = 'st-mary';
const quoted = (code: LedgerErrorCode, reason: string) =>
  `chaincode response 500, ${JSON.stringify({ code, reason, message: `it says ${reason}` })}`;
const error = (code: status, message: string, ...details: [mspId: string, message: string][]) => {
  const cause: ServiceError = Object.assign(new Error(message), {
    code,
    details: message,
    metadata: new Metadata(),
  });
  const places = details.map(([mspId, text]) => ({ mspId, address: `${mspId}:7051`, message: text }));
  return new GatewayError({ code, message, cause, details: places });
};
const endorsing = (...details: [mspId: string, message: string][]) =>
  gatewayOutcome(error(status.ABORTED, 'failed to collect endorsements', ...details), OWN, 'endorsing');

describe('what a peer of another organisation says', () => {
  const differ = { kind: 'disagreement', error: { code: 'unavailable', reason: 'endorsers-differ' } };

  test.each([
    ['rejected', 'signature'],
    ['rejected', 'revoked'],
    ['conflict', 'sequence'],
    ['unknown-outcome', 'whatever'],
  ] as const)('is not what became of a transaction: %s %s', (code, reason) => {
    expect(endorsing(['aurora', quoted(code, reason)])).toMatchObject(differ);
    const others = ['aurora', 'lakeside', 'meridian'].map((id): [string, string] => [
      id,
      quoted(code, reason),
    ]);
    expect(endorsing(...others)).toMatchObject(differ);
    expect(endorsing([OWN, 'connection refused'], ...others)).toMatchObject(differ);
  });

  test('is named to the operator by organisation and code, without its own words', () => {
    const { error } = endorsing(
      ['aurora', quoted('rejected', 'time-ahead')],
      ['lakeside', quoted('conflict', 'x; rm -rf')],
    );
    expect(error.message).toMatch(/aurora: rejected\/time-ahead; lakeside: conflict\)/);
    expect(error.message).not.toMatch(/it says|rm -rf/);
  });

  test('does not shut this organisation out', () => {
    const shut = 'error validating proposal: access denied: channel [holdfast] creator org unknown';
    expect(endorsing(['aurora', shut]).error.code).toBe('unavailable');
    expect(endorsing([OWN, shut]).error).toMatchObject({ code: 'rejected', reason: 'not-a-member' });
    const unasked = error(status.PERMISSION_DENIED, 'access denied');
    expect(gatewayOutcome(unasked, OWN, 'asking').error.code).toBe('rejected');
  });

  test('is not read out of the sentence that sums it up either', () => {
    const summed = error(status.ABORTED, quoted('rejected', 'revoked'), [
      'aurora',
      quoted('rejected', 'revoked'),
    ]);
    expect(gatewayOutcome(summed, OWN, 'asking')).toMatchObject(differ);
  });
});

describe('what the own peer says', () => {
  test('is final, whatever others say', () => {
    const refused = endorsing(
      ['aurora', quoted('rejected', 'revoked')],
      [OWN, quoted('conflict', 'sequence')],
    );
    expect(refused).toMatchObject({ kind: 'refused', error: { code: 'conflict', reason: 'sequence' } });
    const asked = error(status.UNKNOWN, `evaluate call returned: ${quoted('rejected', 'revoked')}`);
    expect(gatewayOutcome(asked, OWN, 'asking')).toMatchObject({
      kind: 'refused',
      error: { code: 'rejected', reason: 'revoked' },
    });
  });

  test('passes when it is only at another height', () => {
    expect(endorsing([OWN, quoted('unavailable', 'height')]).kind).toBe('disagreement');
  });
});

test('an error that is not the gateway’s is nobody’s outcome', () => {
  expect(() => gatewayOutcome(new RangeError('x'), OWN, 'asking')).toThrow(RangeError);
});
