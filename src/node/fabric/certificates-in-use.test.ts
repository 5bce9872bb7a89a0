import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOrganisationAuthorities } from '../../identity/index.ts';
import { certificatesInUse, certificateWarnings } from './certificates-in-use.ts';
import { issueMaterial } from './organisation-material.ts';

const DAY_MS = 86_400_000;
const made = new Date('2026-01-01T00:00:00Z');
let folder: string;
let profile: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-certificates-'));
  profile = join(folder, 'connection.json');
  const authorities = await createOrganisationAuthorities('st-mary', made);
  const material = await issueMaterial(authorities, {
    organisation: 'st-mary',
    hosts: ['localhost'],
    now: made,
  });
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('identities/peer/msp/signcerts/cert.pem', material.identities.peer.certificate);
  write('tls/orderer/cert.pem', material.tls.orderer.certificate);
  write('tls/broken/cert.pem', 'no certificate');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('certificates that processes use', () => {
  test('are warned of within sixty days of their end, and after it', () => {
    const fresh = certificatesInUse(profile, made);
    expect(fresh.map(({ holder }) => holder).sort()).toEqual(['identities/peer', 'tls/orderer']);
    expect(certificateWarnings(fresh)).toEqual([]);
    const lasts = Math.min(...fresh.map(({ daysLeft }) => daysLeft));
    const later = (days: number) =>
      certificateWarnings(certificatesInUse(profile, new Date(made.getTime() + days * DAY_MS)));
    expect(later(lasts - 61)).toEqual([]);
    expect(later(lasts - 58)[0]).toMatch(/ends in 5[789] days/);
    expect(later(lasts + 2)[0]).toMatch(/has ended/);
  });

  test('of a folder that is not there are none', () => {
    expect(certificatesInUse(join(folder, 'nowhere', 'connection.json'), made)).toEqual([]);
  });
});
