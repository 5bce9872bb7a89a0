import type { CourseName } from '../course-name.ts';
import { alcoholUse } from './alcohol-use.ts';
import { allergicRhinitis } from './allergic-rhinitis.ts';
import { alzheimer } from './alzheimer.ts';
import { appendicitis } from './appendicitis.ts';
import { asthma } from './asthma.ts';
import { atopicDermatitis } from './atopic-dermatitis.ts';
import { atrialFibrillation } from './atrial-fibrillation.ts';
import { attentionDeficit } from './attention-deficit.ts';
import { breastCancer } from './breast-cancer.ts';
import { chronicKidneyDisease } from './chronic-kidney-disease.ts';
import { copd } from './copd.ts';
import { coronaryDisease } from './coronary-disease.ts';
import type { Course } from './course.ts';
import { depression } from './depression.ts';
import { diabetes } from './diabetes.ts';
import { gout } from './gout.ts';
import { heartFailure } from './heart-failure.ts';
import { hiv } from './hiv.ts';
import { hyperlipidemia } from './hyperlipidemia.ts';
import { hypertension } from './hypertension.ts';
import { hypothyroidism } from './hypothyroidism.ts';
import { ironDeficiency } from './iron-deficiency.ts';
import { kneeOsteoarthritis } from './knee-osteoarthritis.ts';
import { migraine } from './migraine.ts';
import { opioidUse } from './opioid-use.ts';
import { osteoporosis } from './osteoporosis.ts';
import { pregnancy } from './pregnancy.ts';
import { reflux } from './reflux.ts';
import { rheumatoidArthritis } from './rheumatoid-arthritis.ts';
import { wristFracture } from './wrist-fracture.ts';

/** Every course of disease by its name. */
export const COURSES: Readonly<Record<CourseName, Course>> = {
  'alcohol-use': alcoholUse,
  'allergic-rhinitis': allergicRhinitis,
  alzheimer,
  appendicitis,
  asthma,
  'atopic-dermatitis': atopicDermatitis,
  'atrial-fibrillation': atrialFibrillation,
  'attention-deficit': attentionDeficit,
  'breast-cancer': breastCancer,
  'chronic-kidney-disease': chronicKidneyDisease,
  copd,
  'coronary-disease': coronaryDisease,
  depression,
  diabetes,
  gout,
  'heart-failure': heartFailure,
  hiv,
  hyperlipidemia,
  hypertension,
  hypothyroidism,
  'iron-deficiency': ironDeficiency,
  'knee-osteoarthritis': kneeOsteoarthritis,
  migraine,
  'opioid-use': opioidUse,
  osteoporosis,
  pregnancy,
  reflux,
  'rheumatoid-arthritis': rheumatoidArthritis,
  'wrist-fracture': wristFracture,
};
