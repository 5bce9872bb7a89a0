import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseResource, R4ParseError, validate } from '../index.ts';

const folder = join(import.meta.dirname, '../../../node_modules/hl7.fhir.r4.examples');
const files = readdirSync(folder).filter(
  (name) => name.endsWith('.json') && !/^(package|\.index)/.test(name),
);

/** Element and rule of every official example that R4 itself makes invalid. */
const INVALID: Record<string, string[]> = {
  // txt-2: the narrative SHALL have some non-whitespace content.
  'ActivityDefinition-blood-tubes-supply.json': ['ActivityDefinition.text.div invariant:txt-1'],
  'ActivityDefinition-heart-valve-replacement.json': ['ActivityDefinition.text.div invariant:txt-1'],
  'EventDefinition-example.json': ['EventDefinition.text.div invariant:txt-1'],
  'Questionnaire-zika-virus-exposure-assessment.json': ['Questionnaire.text.div invariant:txt-1'],
  // bdl-7: seven Quantity elements stand two or three times under one fullUrl.
  'Bundle-dataelements.json': ['Bundle invariant:bdl-7'],
  // References to types that the element does not name.
  'DeviceMetric-example.json': ['DeviceMetric.parent reference-type'],
  'DeviceUseStatement-example.json': ['DeviceUseStatement.reasonReference[0] reference-type'],
  'MedicationRequest-medrx0301.json': ['MedicationRequest.dispenseRequest.performer reference-type'],
  'Observation-clinical-gender.json': ['Observation.performer[0] reference-type'],
  // Elements of cardinality 1..1 and 1..* that are not there.
  'ImplementationGuide-fhir.json': [
    'ImplementationGuide.name cardinality',
    'ImplementationGuide.status cardinality',
  ],
  'ig-r4.json': ['ImplementationGuide.name cardinality', 'ImplementationGuide.status cardinality'],
  'Questionnaire-qs1.json': [
    'Questionnaire.item.item.linkId cardinality',
    'Questionnaire.item.item.item.linkId cardinality',
    'Questionnaire.item.item.item.item.linkId cardinality',
  ],
  'SearchParameter-codesystem-extensions-CodeSystem-author.json': ['SearchParameter.base cardinality'],
  'SearchParameter-codesystem-extensions-CodeSystem-effective.json': ['SearchParameter.base cardinality'],
  'SearchParameter-codesystem-extensions-CodeSystem-end.json': ['SearchParameter.base cardinality'],
  'SearchParameter-codesystem-extensions-CodeSystem-keyword.json': ['SearchParameter.base cardinality'],
  'SearchParameter-codesystem-extensions-CodeSystem-workflow.json': ['SearchParameter.base cardinality'],
  'SearchParameter-valueset-extensions-ValueSet-author.json': ['SearchParameter.base cardinality'],
  'SearchParameter-valueset-extensions-ValueSet-effective.json': ['SearchParameter.base cardinality'],
  'SearchParameter-valueset-extensions-ValueSet-end.json': ['SearchParameter.base cardinality'],
  'SearchParameter-valueset-extensions-ValueSet-keyword.json': ['SearchParameter.base cardinality'],
  'SearchParameter-valueset-extensions-ValueSet-workflow.json': ['SearchParameter.base cardinality'],
  // An id has at most 64 characters; this one has 66.
  'SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject.json': [
    'SearchParameter.id id',
  ],
  // sdf-4: a structure that is not abstract has a baseDefinition.
  'StructureDefinition-Definition.json': ['StructureDefinition invariant:sdf-4'],
  'StructureDefinition-Event.json': ['StructureDefinition invariant:sdf-4'],
  'StructureDefinition-FiveWs.json': ['StructureDefinition invariant:sdf-4'],
  'StructureDefinition-Request.json': ['StructureDefinition invariant:sdf-4'],
};

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?=\s*[,\]}])/g;
/** Number literals outside strings, sorted: what must survive. */
const numbersIn = (text: string) =>
  (text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').match(NUMBER) ?? []).sort().join(' ');

test('every official example is valid except those that R4 makes invalid, and keeps every digit', {
  timeout: 120_000,
}, () => {
  const refused: Record<string, string[]> = {};
  const changed: string[] = [];
  let count = 0;
  for (const file of files) {
    const source = readFileSync(join(folder, file), 'utf8');
    const { resource, text } = parseResource(source);
    count++;
    if (text.length < 1_000_000 && numbersIn(source) !== numbersIn(text)) changed.push(file);
    const issues = validate(resource, text);
    if (issues.length > 0) {
      refused[file] = [
        ...new Set(
          issues.map(
            ({ expression, rule }) =>
              `${file === 'Questionnaire-qs1.json' ? expression.replaceAll(/\[\d+\]/g, '') : expression} ${rule}`,
          ),
        ),
      ];
      for (const issue of issues) expect(issue.clause).toMatch(/^R4 /);
    }
  }
  expect(count).toBe(5306);
  expect(changed).toEqual([]);
  expect(refused).toEqual(INVALID);
});

test('nothing of the package that is no resource is taken for one', () => {
  expect(() => parseResource(readFileSync(join(folder, 'package.json'), 'utf8'))).toThrow(R4ParseError);
});
