import { Accordion, Alert, Badge, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ReceiptVerdict } from '../../../src/proof/index.ts';
import { type Contribution, fetchPolicy, fetchRecord, verifyRecord } from '../api/record.ts';
import { ProofBadge } from '../components/ProofBadge.tsx';
import { type RecordRow, recordRows, SECTION_ORDER } from '../components/record-row.ts';
import { Empty, Failed, Waiting } from '../components/Status.tsx';
import { useSession } from '../session/session.ts';

/** Rows shown of one section at first; a life has thousands of measurements. */
const MAX_ROWS = 50; // a few screens on a phone

function Section({ rows, verdicts }: { rows: RecordRow[]; verdicts: Map<string, ReceiptVerdict> }) {
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Date</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th>Where</Table.Th>
            <Table.Th>Proof</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.slice(0, MAX_ROWS).map(({ entry, date, title, detail }) => (
            <Table.Tr key={entry.fullUrl}>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{date}</Table.Td>
              <Table.Td>
                <Text size="sm">{title}</Text>
                <Text size="sm" fw={600}>
                  {detail}
                </Text>
              </Table.Td>
              <Table.Td>{entry.organisation}</Table.Td>
              <Table.Td>
                <ProofBadge verdict={verdicts.get(entry.fullUrl)} what={`${title} ${date}`} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {rows.length > MAX_ROWS && <Text size="sm">and {rows.length - MAX_ROWS} earlier ones</Text>}
    </Table.ScrollContainer>
  );
}

function Troubles({ contributions }: { contributions: Contribution[] }) {
  const troubled = contributions.filter(({ outcome }) => outcome !== 'complete' && outcome !== 'not-permitted');
  if (troubled.length === 0) return null;
  return (
    <Alert color="orange.9" title="Not everything could be fetched" role="status">
      {troubled.map(({ asked, organisation, outcome }) => (
        <Text key={`${asked} ${organisation}`} size="sm">
          {organisation}, asked by {asked}: {outcome}
        </Text>
      ))}
    </Alert>
  );
}

/** The patient's record from every organisation that knows them, each line with a receipt verified in this browser. */
export function RecordPage() {
  const session = useSession();
  const record = useQuery({ queryKey: ['record'], queryFn: () => fetchRecord(session) });
  const policy = useQuery({ queryKey: ['policy'], queryFn: fetchPolicy });
  const verdicts = useMemo(
    () => (record.data === undefined || policy.data === undefined ? new Map<string, ReceiptVerdict>() : verifyRecord(record.data.entries, policy.data)),
    [record.data, policy.data],
  );
  if (record.isPending) return <Waiting what="Fetching your record from every organisation" />;
  if (record.isError) return <Failed error={record.error} what="Your record" />;
  const rows = recordRows(record.data.entries);
  const verified = [...verdicts.values()].filter((verdict) => verdict.ok).length;
  const organisations = [...new Set(rows.map(({ entry }) => entry.organisation))].sort();
  const sections = SECTION_ORDER.map((name) => ({ name, rows: rows.filter((row) => row.section === name) })).filter((each) => each.rows.length > 0);
  return (
    <Stack>
      <Title order={1}>My record</Title>
      <Group gap="xs">
        {organisations.map((organisation) => (
          <Badge key={organisation} variant="light" tt="none">
            {organisation}: {rows.filter(({ entry }) => entry.organisation === organisation).length}
          </Badge>
        ))}
      </Group>
      <Text role="status">
        {verified} of {rows.length} entries were verified in this browser.
      </Text>
      <Troubles contributions={record.data.contributions} />
      {rows.length === 0 && <Empty>No organisation has records of you.</Empty>}
      <Accordion multiple defaultValue={sections.slice(0, 1).map(({ name }) => name)} order={2}>
        {sections.map(({ name, rows: own }) => (
          <Accordion.Item key={name} value={name}>
            <Accordion.Control>
              {name} ({own.length})
            </Accordion.Control>
            <Accordion.Panel>
              <Section rows={own} verdicts={verdicts} />
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Stack>
  );
}
