import { type Regulation, yours } from '../requirement.ts';

/** 45 CFR 164.314 and 164.316. */
export const organizational: Regulation = {
  title: '45 CFR 164.314 and 164.316: contracts, policies and documentation',
  about: 'Paper, mostly. Holdfast keeps the records that are its own.',
  requirements: [
    yours(
      '164.314(a)',
      'Contracts with business associates and their subcontractors',
      'Yours. Whoever runs a node for you is a business associate.',
    ),
    yours('164.314(b)', 'Plan documents by which a plan sponsor guards health information', 'Yours.'),
    yours('164.316(a)', 'Reasonable and appropriate policies and procedures', 'Yours to write.'),
    {
      clause: '164.316(b)(1)',
      asks: 'Policies, and actions that must be documented, are in writing',
      met: 'in part',
      feature:
        'Requests, holds, suspensions, reviews of flags and membership decisions are recorded with who did what and when',
      operator: 'Policies are yours.',
      shownBy: [
        'src/audit/rights/rights.test.ts › has each step in the log, and what it says is under the patient’s key',
        'src/identity/contract.test.ts › open and decided proposals can be read in pages',
      ],
    },
    {
      clause: '164.316(b)(2)(i)',
      asks: 'Documentation is kept for six years',
      met: 'in part',
      feature:
        'Logs are never pruned; retention rules and legal holds refuse an erasure; the trail outlives the record',
      operator: 'Set the retention rules, and keep the backups.',
      shownBy: [
        'src/vault/erasure/retention.test.ts › while a retention rule keeps one of the records',
        'src/vault/erasure/retention.test.ts › for what is in audit custody',
        'src/vault/erasure/erasure.test.ts › leaves a proof that something was there, the access log, and a signed tombstone',
      ],
    },
    yours(
      '164.316(b)(2)(ii)',
      'Documentation is available to those who carry it out',
      'Yours. Guides for operators, privacy officers and installers come with the package.',
    ),
    yours('164.316(b)(2)(iii)', 'Documentation is reviewed and updated', 'Yours.'),
  ],
};
