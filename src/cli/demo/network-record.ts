import { type BundleItem, parseJsonKeepingDigits, parseReceipt } from '../../proof/index.ts';

/** What a clinician sees of a patient across the network. */
export interface NetworkRecord {
  /** What the custodian's part came to: `complete`, `not-permitted`… */
  readonly outcome: string;
  /** Resource types with how many there are, most frequent first. */
  readonly types: readonly (readonly [type: string, count: number])[];
  /** The custodian's records, each with its receipt and its text as it was sent. */
  readonly items: readonly BundleItem[];
}

interface Entry {
  readonly fullUrl?: string;
  readonly search?: { readonly mode?: string };
  readonly resource?: {
    readonly resourceType?: string;
    readonly issue?: readonly { readonly details?: { readonly coding?: readonly Coding[] } }[];
  };
  readonly extension?: readonly {
    readonly url: string;
    readonly valueAttachment?: { readonly data?: string };
  }[];
}

interface Coding {
  readonly system?: string;
  readonly code?: string;
}

/** Reads the answer of `$network-everything` for one custodian (FORMATS §6). */
export function networkRecord(text: string, custodian: string): NetworkRecord {
  const { entry: entries = [] } = parseJsonKeepingDigits(text) as { entry?: Entry[] };
  const own = entries.filter(({ fullUrl }) => fullUrl?.includes(`/orgs/${custodian}/fhir/`));
  const counts = new Map<string, number>();
  for (const { resource } of own) {
    const type = resource?.resourceType ?? '';
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  const items = own.flatMap((entry): BundleItem[] => {
    const data = entry.extension?.find(({ url }) => url === 'urn:holdfast:receipt')?.valueAttachment?.data;
    if (data === undefined) return [];
    return [
      {
        receipt: parseReceipt(Buffer.from(data, 'base64').toString('utf8')),
        content: JSON.stringify(entry.resource),
      },
    ];
  });
  return { outcome: outcomeOf(entries, custodian), types: [...counts].sort(([, a], [, b]) => b - a), items };
}

function outcomeOf(entries: readonly Entry[], custodian: string): string {
  for (const { search, resource } of entries) {
    if (search?.mode !== 'outcome') continue;
    const codings = (resource?.issue ?? []).flatMap(({ details }) => details?.coding ?? []);
    const code = (system: string) => codings.find((coding) => coding.system === system)?.code;
    if (code('urn:holdfast:organisation') === custodian) return code('urn:holdfast:exchange-outcome') ?? '';
  }
  return '';
}
