import { createHmac, hkdfSync } from 'node:crypto';
import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { bytesFor, eventOf } from '../../test/interop/network.ts';
import {
  contentCommitment,
  contentSalt,
  type Event,
  entryCommitment,
  formatReceipt,
  formatReceiptBundle,
  parseEvent,
  parseReceipt,
  parseReceiptBundle,
  toBase64,
  toHex,
} from './index.ts';

const salt = bytesFor('salt');

test('an entry is the HMAC that the format describes, written here a second time', () => {
  const event = eventOf('st-mary', 1, { content: toBase64(bytesFor('content')) });
  // RFC 8785 for flat ASCII strings and integers is JSON.stringify with sorted names.
  const jcs = JSON.stringify(event, Object.keys(event).sort());
  expect(toHex(entryCommitment(salt, event))).toBe(
    createHmac('sha256', salt).update(`holdfast/entry/v1\n${jcs}`).digest('hex'),
  );
});

test('a content commitment and its salt are what the format describes', () => {
  const dataKey = bytesFor('data key');
  const { id } = eventOf('st-mary', 1);
  const derived = hkdfSync('sha256', dataKey, new Uint8Array(), `holdfast/content-salt/v1\n${id}`, 32);
  expect(contentSalt(dataKey, id)).toEqual(new Uint8Array(derived));
  const expected = createHmac('sha256', salt).update('holdfast/content/v1\n{"value":1.50}').digest('hex');
  expect(toHex(contentCommitment(salt, '{"value":1.50}'))).toBe(expected);
});

test('two events never share an entry by moving text from one member to the next', () => {
  const one = eventOf('st-mary', 1, { actor: 'a', object: 'bc' });
  expect(entryCommitment(salt, one)).not.toEqual(entryCommitment(salt, { ...one, actor: 'ab', object: 'c' }));
});

const base64 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toBase64);
const opaque = fc.stringMatching(/^[ -~é]{1,60}$/);
const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
const event: fc.Arbitrary<Event> = fc
  .record({
    id: hex(32),
    kind: fc.stringMatching(/^[a-z][a-z.-]{0,20}$/),
    time: fc
      .date({ min: new Date('2000-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    organisation: fc.stringMatching(/^[a-z][a-z0-9-]{1,31}$/),
    actor: opaque,
    object: opaque,
    content: fc.option(base64, { nil: undefined }),
    height: fc.maxSafeNat(),
    block: hex(64),
  })
  .map(({ content, ...rest }) => ({ v: 1, ...rest, ...(content !== undefined && { content }) }));
const receipt = fc
  .record({ event, salt: base64, contentSalt: fc.option(base64, { nil: undefined }), proof: opaque })
  .map(({ contentSalt, ...rest }) => ({
    version: 1 as const,
    ...rest,
    ...(contentSalt !== undefined && { contentSalt }),
  }));

property.prop([event])('an event survives its JSON', (value) => {
  expect(parseEvent(JSON.parse(JSON.stringify(value)))).toEqual(value);
});

property.prop([receipt])('a receipt survives its JSON', (value) => {
  expect(parseReceipt(formatReceipt(value))).toEqual(value);
  expect(parseReceipt(value)).toEqual(value);
});

property.prop([
  fc.array(fc.record({ receipt, content: fc.constantFrom('{"a":1.50}', '[1e3,0.10]') }), { maxLength: 3 }),
  fc.array(opaque, { maxLength: 2 }),
])('a bundle survives its JSON, digits included', (items, policies) => {
  const bundle = { version: 1 as const, policies, items };
  expect(parseReceiptBundle(formatReceiptBundle(bundle))).toEqual(bundle);
});
