import { Accordion, Alert, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import type { ReceiptVerdict } from '../../../src/proof/index.ts';
import {
  type Contribution,
  fetchPolicy,
  type NetworkRecord,
  type RecordEntry,
  verifyRecord,
} from '../api/record.ts';
import { type NameOf, namesOf, useNetwork } from './organisation-name.ts';
import { ProofDialog } from './ProofDialog.tsx';
import { RecordSection } from './RecordSection.tsx';
import { type RecordRow, recordRows, SECTION_ORDER } from './record-row.ts';
import { troubles } from './record-summary.ts';
import { Empty, Failed, Waiting } from './Status.tsx';

type Verdicts = ReadonlyMap<string, ReceiptVerdict>;
const NONE: Verdicts = new Map();

function Summary({ rows, verdicts, nameOf }: { rows: RecordRow[]; verdicts: Verdicts; nameOf: NameOf }) {
  const organisations = [...new Set(rows.map(({ entry }) => entry.organisation))].sort();
  const verified = [...verdicts.values()].filter((verdict) => verdict.ok).length;
  const refused = verdicts.size - verified;
  return (
    <div>
      <Text role="status">
        <b>{verified}</b> of <b>{rows.length}</b> entries were verified in this browser
        {refused === 0 ? '.' : `, and ${refused} refused.`}
      </Text>
      <Text size="sm" className="quiet">
        {organisations
          .map((id) => `${nameOf(id)} ${rows.filter(({ entry }) => entry.organisation === id).length}`)
          .join(' · ')}
      </Text>
    </div>
  );
}

function Troubles({ contributions, nameOf }: { contributions: Contribution[]; nameOf: NameOf }) {
  const sentences = troubles(contributions, nameOf);
  if (sentences.length === 0) return null;
  return (
    <Alert color="sand" title="Not everything could be fetched" role="status">
      {sentences.map((sentence) => (
        <Text key={sentence} size="sm">
          {sentence}
        </Text>
      ))}
    </Alert>
  );
}

interface RecordViewProps {
  record: NetworkRecord;
  /** What is said of a record without entries. */
  empty: string;
  /** How sections are headed where it is not by their name. */
  titles?: Readonly<Record<string, string>>;
  /** What can be done about an entry whose proof is shown. */
  actions?: (entry: RecordEntry) => ReactNode;
}

/** A record across organisations, by section, each line with a receipt verified in this browser. */
export function RecordView({ record, empty, titles = {}, actions }: RecordViewProps) {
  const network = useNetwork();
  const policy = useQuery({ queryKey: ['policy'], queryFn: fetchPolicy });
  const [proven, setProven] = useState<RecordRow>();
  const { entries, contributions } = record;
  const rows = useMemo(() => recordRows(entries), [entries]);
  const verdicts = useMemo(
    () => (policy.data === undefined ? NONE : verifyRecord(entries, policy.data)),
    [entries, policy.data],
  );
  // Until names are known, ids would stand in their place for a moment.
  if (policy.isPending || network.isPending)
    return <Waiting what="Fetching what receipts are checked with" />;
  const nameOf = namesOf(network.data);
  const sections = SECTION_ORDER.map((name) => ({
    name: titles[name] ?? name,
    id: name.replaceAll(' ', '-'),
    rows: rows.filter((row) => row.section === name),
  })).filter((each) => each.rows.length > 0);
  return (
    <Stack>
      {policy.isError && (
        <Failed error={policy.error} what="The trust policy, which receipts are checked with," />
      )}
      <Troubles contributions={contributions} nameOf={nameOf} />
      {rows.length === 0 ? (
        <Empty>{empty}</Empty>
      ) : (
        <Summary rows={rows} verdicts={verdicts} nameOf={nameOf} />
      )}
      <Accordion
        variant="separated"
        multiple
        defaultValue={sections.slice(0, 2).map(({ id }) => id)}
        order={2}
      >
        {sections.map(({ id, name, rows: own }) => (
          <Accordion.Item key={id} value={id}>
            <Accordion.Control>
              {name} <span className="quiet">({own.length})</span>
            </Accordion.Control>
            <Accordion.Panel>
              <RecordSection rows={own} verdicts={verdicts} nameOf={nameOf} onProof={setProven} />
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
      <ProofDialog
        row={proven}
        verdict={proven && verdicts.get(proven.entry.fullUrl)}
        onClose={() => setProven(undefined)}
      >
        {proven !== undefined && actions?.(proven.entry)}
      </ProofDialog>
    </Stack>
  );
}
