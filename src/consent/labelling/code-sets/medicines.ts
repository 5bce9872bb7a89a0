import { LABEL } from '../../sensitivity.ts';
import { type CodeSet, RXNORM } from '../code-set.ts';

/**
 * Medicines that tell what they are given for: products only, since an ingredient such as methadone or tenofovir is given for pain
 * or hepatitis B as well. RxNorm's codes and names are in the public domain (NLM, RxNorm Terms of Service). Each list is what was
 * found published and no whole class: many strengths and brands are in none of them.
 */
export const MEDICINES: readonly CodeSet[] = [
  {
    id: 'antiretrovirals',
    title: 'Antiretroviral medicines',
    labels: [LABEL.hiv],
    codes: {
      [RXNORM]: [
        // Booster: cobicistat. Ritonavir goes with nirmatrelvir against COVID-19 too.
        ...['1551993', '1551999'],
        // Integrase inhibitors: raltegravir; dolutegravir; cabotegravir; bictegravir.
        ...[
          '1235588',
          '1235591',
          '1235593',
          '1235595',
          '1486838',
          '1486841',
          '1924313',
          '1924315',
          '744842',
          '744846',
        ],
        ...['1433873', '1433879', '1796077', '1796079', '1796081', '1796083', '2374562', '2374566'],
        ...['2475199', '2475205'],
        ...['1999667', '1999673'],
        // Attachment: fostemsavir; ibalizumab.
        ...['2380549', '2380551', '2043317', '2043322'],
        // Zidovudine; didanosine; zalcitabine; stavudine; lamivudine 300 mg; lamivudine with zidovudine; emtricitabine.
        ...['199663', '284988', '313760', '313110', '349491', '200082', '403875'],
        // Indinavir; saquinavir; nelfinavir; lopinavir with ritonavir; fosamprenavir; atazanavir; darunavir; efavirenz.
        ...['310988', '859863', '403978', '597730', '402109', '664741', '1359269', '349477'],
        // Emtricitabine or lamivudine with tenofovir, prophylaxis too; the same with rilpivirine, efavirenz or elvitegravir.
        ...['476556', '2003249', '1747691', '1147334', '643066', '1306292', '1721613'],
        // Dolutegravir with lamivudine.
        '2122519',
      ],
    },
    source:
      'CSTE triggers for HIV, VSAC 2.16.840.1.113762.1.4.1146.1600 to 1603 (RxNorm January 2022), in HL7 case-reporting; Synthea, modules hiv/art_sequence',
  },
  {
    id: 'opioid-use-medicines',
    title: 'Medicines for opioid use disorder',
    labels: [LABEL.substanceUse, LABEL.opioidUse],
    codes: {
      [RXNORM]: [
        // Buprenorphine 2 mg and 8 mg sublingual; implant; injection of a month. Micrograms and patches are for pain.
        ...['351264', '351265', '1797650', '1996184', '1996192'],
        // Buprenorphine with naloxone: tablets; films; tablets and buccal films of other strengths.
        ...['351266', '351267', '1010600', '1010604', '1307056', '1307061', '2058257'],
        ...[
          '1431076',
          '1431102',
          '1597568',
          '1597573',
          '1666338',
          '1864412',
          '1542390',
          '1544851',
          '1544854',
        ],
        // Methadone 40 mg for suspension: detoxification and maintenance are all that its label names.
        ...['864978', '864980', '1990745'],
      ],
    },
    source:
      'CDC opioid prescribing guideline, value sets of opioids (March 2020) and methadone-medications 2022.1.0; VSAC Buprenorphine 2.16.840.1.113883.3.3157.1004.11 (2018)',
  },
  {
    id: 'alcohol-use-medicines',
    title: 'Medicines for alcohol use disorder',
    labels: [LABEL.substanceUse, LABEL.alcoholUse],
    // Disulfiram; acamprosate.
    codes: { [RXNORM]: ['197623', '197624', '835726'] },
    source:
      'VSAC 2.16.840.1.113883.3.464.1003.198.12.1132 (2020); AHRQ Comparative Effectiveness Review 134, table 2',
  },
  {
    id: 'naltrexone',
    title: 'Naltrexone, for use of alcohol or of opioids',
    labels: [LABEL.substanceUse, LABEL.substanceUseDisorder],
    // 380 mg injection; 50 mg tablet.
    codes: { [RXNORM]: ['637213', '1483744'] },
    source: 'VSAC 2.16.840.1.113883.3.464.1003.198.12.1132 (2020); New York OASAS',
  },
];
