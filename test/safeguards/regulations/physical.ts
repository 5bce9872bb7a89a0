import { type Regulation, yours } from '../requirement.ts';

/** 45 CFR 164.310. */
export const physical: Regulation = {
  title: '45 CFR 164.310: physical safeguards',
  about:
    'Buildings, workstations and media are the operator’s. Software helps with what is lost or thrown away.',
  requirements: [
    yours(
      '164.310(a)(1)',
      'Limited physical access to systems and the facilities they are in',
      'Your facility.',
    ),
    yours('164.310(a)(2)(i)', 'Facility access for restoring lost data in an emergency', 'Your facility.'),
    yours(
      '164.310(a)(2)(ii)',
      'Facility and equipment are secured against access, tampering and theft',
      'Your facility.',
    ),
    yours(
      '164.310(a)(2)(iii)',
      'Access of persons, visitors included, is controlled by role or function',
      'Your facility.',
    ),
    yours('164.310(a)(2)(iv)', 'Repairs that concern security are documented', 'Your facility.'),
    yours('164.310(b)', 'What workstations are used for, how, and where they stand', 'Your workstations.'),
    yours('164.310(c)', 'Workstations are accessible to authorized users only', 'Your workstations.'),
    {
      clause: '164.310(d)(2)(i)',
      asks: 'Health information, and the media it is on, are disposed of for good',
      met: 'in part',
      feature: 'Erasing destroys the key: every version is unreadable, also in backups',
      operator: 'Destroying media is yours.',
      shownBy: [
        'src/vault/erasure/erasure.test.ts › is gone from the bytes of the files',
        'src/vault/erasure/erasure.test.ts › stays erased when an older copy of the data is put back',
        'test/journeys/erasure.test.ts › makes every version unreadable by every way, and a signed tombstone says so',
      ],
    },
    {
      clause: '164.310(d)(2)(ii)',
      asks: 'Media are emptied before they are used again',
      met: 'in part',
      feature: 'What is on them is sealed; keys are kept apart',
      operator: 'Emptying media is yours.',
      shownBy: [
        'src/vault/theft.test.ts › stolen files say no name, identifier, birth date, code, text, unit, logical id or hold',
      ],
    },
    yours(
      '164.310(d)(2)(iii)',
      'A record of where hardware and media go, and who is responsible',
      'Your inventory.',
    ),
    {
      clause: '164.310(d)(2)(iv)',
      asks: 'A retrievable copy before equipment is moved',
      met: 'in part',
      feature: '`holdfast backup`',
      operator: 'Make it before you move.',
      shownBy: [
        'src/node/operations/operations.test.ts › a backup goes into an empty folder only, and not into the data',
      ],
    },
  ],
};
