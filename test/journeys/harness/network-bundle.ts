import { parseJsonKeepingDigits } from '../../../src/proof/index.ts';

/** An entry of a searchset with a resource. */
export interface NetworkEntry {
  readonly fullUrl: string;
  // biome-ignore lint/suspicious/noExplicitAny: resources of every type
  readonly resource: any;
  readonly extension?: readonly {
    readonly url: string;
    readonly valueAttachment?: { readonly data?: string };
  }[];
}

interface NetworkBundle {
  readonly entry?: readonly (NetworkEntry & { readonly search?: { readonly mode: string } })[];
}

/** What came from one organisation, by the absolute URLs at their source. */
export function entriesOf(bundle: NetworkBundle, organisation: string): NetworkEntry[] {
  return (bundle.entry ?? []).filter((entry) => entry.fullUrl?.includes(`/orgs/${organisation}/fhir/`));
}

/** The outcome code of each other member. */
export function outcomesOf(bundle: NetworkBundle): Record<string, string> {
  const outcomes = (bundle.entry ?? []).filter((entry) => entry.search?.mode === 'outcome');
  const pairs = outcomes.flatMap(({ resource }) => {
    const codings: { system: string; code: string }[] = resource.issue.flatMap(
      (issue: { details?: { coding?: object[] } }) => issue.details?.coding ?? [],
    );
    const code = (system: string) => codings.find((coding) => coding.system === system)?.code;
    const organisation = code('urn:holdfast:organisation') ?? resource.id;
    return [[organisation, code('urn:holdfast:exchange-outcome') ?? '']];
  });
  return Object.fromEntries(pairs);
}

/** The receipt that an entry carries, as JSON text; throws when there is none. */
export function receiptOf(entry: NetworkEntry | undefined): string {
  const data = entry?.extension?.find(({ url }) => url === 'urn:holdfast:receipt')?.valueAttachment?.data;
  if (data === undefined) throw new Error(`no receipt on ${entry?.fullUrl}`);
  return Buffer.from(data, 'base64').toString('utf8');
}

/** The JSON texts of a bundle's resources by `fullUrl`, with every digit as sent. */
export function contentsOf(bundleText: string): Map<string, string> {
  const bundle = parseJsonKeepingDigits(bundleText) as { entry?: { fullUrl?: string; resource: unknown }[] };
  return new Map(
    (bundle.entry ?? []).map(({ fullUrl, resource }) => [fullUrl ?? '', JSON.stringify(resource)]),
  );
}
