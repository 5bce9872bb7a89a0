import { beforeAll, describe, expect, test } from 'vitest';
import { nativePrimitives } from '../../test/interop/native.ts';
import { bytesFor, eventOf, LEDGER, member, receiptsOf } from '../../test/interop/network.ts';
import {
  AUDIT_EXPORT_KIND,
  type AuditExport,
  type BundleItem,
  contentCommitment,
  contentSalt,
  type Event,
  exportDigest,
  formatAuditExport,
  formatNetworkPolicy,
  manifestText,
  parseAuditExport,
  toBase64,
  verifyAuditExport,
} from './index.ts';

const members = ['aurora', 'lakeside', 'meridian', 'st-mary'].map(member);
const policies = [formatNetworkPolicy({ ledger: LEDGER, version: 1, members })];
const options = { policies, primitives: nativePrimitives };

const saltOf = (n: number) => contentSalt(bytesFor(`key ${n}`), eventOf('st-mary', n).id);
const committed = (n: number, content: string, change: Partial<Event> = {}): Event =>
  eventOf('st-mary', n, { content: toBase64(contentCommitment(saltOf(n), content)), ...change });

const contents = [0, 1, 2].map((n) => `{"id":"e${n}","resourceType":"AuditEvent"}`);
let whole: AuditExport;
beforeAll(async () => {
  const events = contents.map((content, n) => committed(n, content, { kind: 'fhir.access' }));
  const manifest = manifestText({
    organisation: 'st-mary',
    patient: 'p1',
    from: '2026-01-01T00:00:00.000Z',
    until: '2026-12-31T00:00:00.000Z',
    count: events.length,
    digest: exportDigest(events),
    leftOut: 0,
    actor: 'Patient/p1',
    time: '2026-05-01T00:00:00.000Z',
  });
  const all = [...events, committed(3, manifest, { kind: AUDIT_EXPORT_KIND })];
  const receipts = await receiptsOf(
    all,
    ['lakeside', 'meridian'],
    all.map((_event, n) => saltOf(n)),
  );
  const items = receipts.map((receipt, n): BundleItem => ({ receipt, content: contents[n] ?? manifest }));
  whole = { policies, manifest: items.at(-1) as BundleItem, items: items.slice(0, -1) };
});

/** The code of the first refusal; `accepted` for none. */
function codeOf(text: string): string {
  const verdict = verifyAuditExport(text, options);
  if (!('verdicts' in verdict)) return verdict.code;
  const refused = verdict.verdicts.find(({ ok }) => !ok);
  expect(verdict.ok).toBe(refused === undefined);
  return refused === undefined || refused.ok ? 'accepted' : refused.code;
}
const changed = (change: Partial<AuditExport>) => codeOf(formatAuditExport({ ...whole, ...change }));

describe('an export of the audit trail', () => {
  test('from which an event was left out, doubled or moved is refused', () => {
    const [first, second, third] = whole.items as [BundleItem, BundleItem, BundleItem];
    expect(changed({ items: [first, second] })).toBe('manifest-mismatch');
    expect(changed({ items: [first, first, second, third] })).toBe('manifest-mismatch');
    expect(changed({ items: [second, first, third] })).toBe('manifest-mismatch');
    expect(changed({ items: [first, second, second] })).toBe('manifest-mismatch');
    expect(changed({ items: [] })).toBe('manifest-mismatch');
  });

  test('whose manifest is that of nothing, or no manifest, is refused', () => {
    const [first, second] = whole.items as [BundleItem, BundleItem, BundleItem];
    expect(changed({ manifest: first })).toBe('receipt-malformed');
    const other = (whole.manifest.content ?? '').replace('"p1"', '"p2"');
    expect(changed({ manifest: { ...whole.manifest, content: other } })).toBe('content-mismatch');
    expect(changed({ manifest: { ...first, content: whole.manifest.content ?? '' } })).not.toBe('accepted');
    const swapped = { ...first, content: second.content ?? '' };
    expect(changed({ items: [swapped, ...whole.items.slice(1)] })).toBe('content-mismatch');
  });

  test('is accepted whole, and says of whom it is', () => {
    const text = formatAuditExport(whole);
    const verdict = verifyAuditExport(text, options);
    expect(verdict).toMatchObject({ ok: true, manifest: { patient: 'p1', count: 3, leftOut: 0 } });
    expect(formatAuditExport(parseAuditExport(text))).toBe(text);
    expect(verifyAuditExport(text, { ...options, policies: [] })).not.toMatchObject({ ok: true });
  });

  test.each(['', '{}', '[]', '{"version":2}', '{"version":1,"type":"holdfast/audit-export/v1"}'])(
    '%j is none',
    (text) =>
      expect(verifyAuditExport(text, options)).toMatchObject({ ok: false, code: 'receipt-malformed' }),
  );
});
