import {
  compartments,
  decisionFacts,
  extractIndex,
  parseResource,
  withServerFields,
} from '../../r4/index.ts';

/** The first version of a resource under the id it has, as an import makes it. */
export function importedVersion(resource: { readonly resourceType: string; readonly id: string }) {
  const { resourceType: type, id } = resource;
  const lastUpdated = new Date().toISOString();
  const content = JSON.stringify({ ...resource, id: undefined, meta: undefined });
  const text = withServerFields(content, { id, meta: { lastUpdated, versionId: '1' } });
  const { resource: parsed } = parseResource(text);
  const { patients } = compartments(parsed);
  const index = extractIndex(parsed);
  const facts = decisionFacts(parsed);
  return { type, id, version: 1, lastUpdated, text, patients, index, facts, actor: 'test' };
}
