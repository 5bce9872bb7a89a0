import type { Location, Reference, ResearchStudy } from '@medplum/fhirtypes';
import { dateOf, YEAR_MS } from './calendar.ts';
import { concept, hl7, icd10cm, type Term } from './code-system.ts';
import type { StudyName } from './profile.ts';
import type { ResourceList } from './records/resource-list.ts';
import type { Site } from './records/site.ts';

/** Which measurements a trial takes at each of its visits. */
export type Endpoint = 'metabolic' | 'oncology';

/** An invented clinical trial. */
export interface Study {
  readonly protocol: string;
  readonly title: string;
  readonly condition: Term;
  /** The product under test; it has no code, being investigational. */
  readonly product: string;
  readonly phase: Term;
  readonly endpoint: Endpoint;
  readonly objective: string;
}

const PHASE_2 = hl7('research-study-phase', 'phase-2', 'Phase 2');
const PHASE_3 = hl7('research-study-phase', 'phase-3', 'Phase 3');
const TREATMENT = hl7('research-study-prim-purp-type', 'treatment', 'Treatment');
const STUDY_YEARS = [2.6, -1.4] as const;

/** The trials of the life sciences company. */
export const STUDIES: Readonly<Record<StudyName, Study>> = {
  harbor: {
    protocol: 'AUR-204',
    title: 'HARBOR: AUR-204 or placebo in adults with type 2 diabetes on metformin',
    condition: icd10cm('E11.9', 'Type 2 diabetes mellitus without complications'),
    product: 'AUR-204 25 mg or placebo',
    phase: PHASE_3,
    endpoint: 'metabolic',
    objective: 'Change of HbA1c after 52 weeks',
  },
  lantern: {
    protocol: 'AUR-311',
    title: 'LANTERN: AUR-311 added to an aromatase inhibitor after early breast cancer',
    condition: icd10cm('Z85.3', 'Personal history of malignant neoplasm of breast'),
    product: 'AUR-311 150 mg or placebo',
    phase: PHASE_2,
    endpoint: 'oncology',
    objective: 'Survival free of invasive disease at three years',
  },
};

/** Adds a trial to the company's resources and returns it. */
export function addStudy(
  list: ResourceList,
  site: Site,
  name: StudyName,
  nowMs: number,
): Reference<ResearchStudy> {
  const study = STUDIES[name];
  const centre: Reference<Location> = site.locations.ambulatory;
  return list.add<ResearchStudy>({
    resourceType: 'ResearchStudy',
    identifier: [{ system: 'urn:holdfast:demo:protocol:aurora', value: study.protocol }],
    title: study.title,
    status: 'active',
    primaryPurposeType: concept(TREATMENT),
    phase: concept(study.phase),
    condition: [concept(study.condition)],
    period: {
      start: dateOf(nowMs - STUDY_YEARS[0] * YEAR_MS),
      end: dateOf(nowMs - STUDY_YEARS[1] * YEAR_MS),
    },
    sponsor: site.organisation,
    principalInvestigator: site.clinicians[0],
    site: [centre],
    arm: [{ name: study.product.split(' or ')[0] ?? study.product }, { name: 'Placebo' }],
    objective: [{ name: study.objective }],
  });
}
