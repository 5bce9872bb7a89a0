import { Accordion, Alert, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { ReceiptVerdict } from '../../../src/proof/index.ts';
import { type Contribution, fetchPolicy, fetchRecord, verifyRecord } from '../api/record.ts';
import { type NameOf, namesOf, useNetwork } from '../components/organisation-name.ts';
import { PageHeading } from '../components/PageHeading.tsx';
import { ProofDialog } from '../components/ProofDialog.tsx';
import { RecordSection } from '../components/RecordSection.tsx';
import { type RecordRow, recordRows, SECTION_ORDER } from '../components/record-row.ts';
import { troubles } from '../components/record-summary.ts';
import { Empty, Failed, Waiting } from '../components/Status.tsx';
import { useSession } from '../session/session.ts';

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

/** The patient's record from every organisation that knows them, each line with a receipt verified in this browser. */
export function RecordPage() {
  const session = useSession();
  const network = useNetwork();
  const record = useQuery({ queryKey: ['record'], queryFn: () => fetchRecord(session) });
  const policy = useQuery({ queryKey: ['policy'], queryFn: fetchPolicy });
  const [proven, setProven] = useState<RecordRow>();
  const entries = record.data?.entries;
  const rows = useMemo(() => recordRows(entries ?? []), [entries]);
  const verdicts = useMemo(
    () => (entries === undefined || policy.data === undefined ? NONE : verifyRecord(entries, policy.data)),
    [entries, policy.data],
  );
  if (record.isPending || policy.isPending)
    return <Waiting what="Fetching your record from every organisation" />;
  if (record.isError) return <Failed error={record.error} what="Your record" />;
  const nameOf = namesOf(network.data);
  const sections = SECTION_ORDER.map((name) => ({
    name,
    id: name.replaceAll(' ', '-'),
    rows: rows.filter((row) => row.section === name),
  })).filter((each) => each.rows.length > 0);
  return (
    <Stack>
      <PageHeading title="My record">
        What organisations have written about you. Each entry comes with a receipt that is checked here.
      </PageHeading>
      {policy.isError && (
        <Failed error={policy.error} what="The trust policy, which receipts are checked with," />
      )}
      <Troubles contributions={record.data.contributions} nameOf={nameOf} />
      {rows.length === 0 ? (
        <Empty>No organisation has records of you.</Empty>
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
      />
    </Stack>
  );
}
