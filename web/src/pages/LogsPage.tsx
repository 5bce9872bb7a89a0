import { Badge, Card, Code, Group, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { fetchLogs, fetchTransactions, type LedgerTransaction, type LogState } from '../api/logs.ts';
import { fetchNetwork } from '../api/network.ts';
import { Empty, Failed, Waiting } from '../components/Status.tsx';

const REFRESH_MS = 2_000; // twice the publishing tick
const SHOWN = 25; // transactions of one screen

function LogCard({ log, anchored }: { log: LogState; anchored: number | undefined }) {
  return (
    <Card withBorder component="article" aria-label={`Log of ${log.organisation.name}`}>
      <Group justify="space-between">
        <Title order={2} size="h5">
          {log.organisation.name}
        </Title>
        <Badge variant="light" tt="none" color={log.trusted ? 'kelp' : 'red.9'}>
          {log.trusted ? 'verified here' : log.refusal}
        </Badge>
      </Group>
      <Text mt="xs">{log.size.toLocaleString()} entries</Text>
      <Text size="sm">
        root <Code>{log.root.slice(0, 16)}…</Code>
      </Text>
      <Text size="sm">{anchored === undefined ? 'not anchored in the newest blocks' : `anchored on the ledger up to entry ${anchored.toLocaleString()}`}</Text>
      <Text size="sm" mt="xs">
        Cosigned by {log.witnesses.map(({ name, time }) => `${name}${time === undefined ? '' : ` at ${time.toLocaleTimeString()}`}`).join(', ') || 'nobody yet'}
      </Text>
    </Card>
  );
}

function wordsOf({ contract, name, args }: LedgerTransaction): string {
  if (contract === 'anchors' && name === 'append') return `anchored its log at ${String(args.size)} entries`;
  if (contract === 'anchors') return 'recorded the destruction of a key';
  if (contract === 'consent') return `recorded a consent: ${name}`;
  if (name === 'heartbeat') return 'showed that it is there';
  return `${name} (${contract})`;
}

/** Logs, witnesses and anchors, live, judged by the proof code in this browser. */
export function LogsPage() {
  const network = useQuery({ queryKey: ['network'], queryFn: fetchNetwork });
  const organisations = network.data?.organisations ?? [];
  const logs = useQuery({ queryKey: ['logs'], queryFn: () => fetchLogs(organisations), enabled: organisations.length > 0, refetchInterval: REFRESH_MS });
  const ledger = useQuery({ queryKey: ['transactions'], queryFn: fetchTransactions, refetchInterval: REFRESH_MS });
  if (network.isPending || logs.isPending) return <Waiting what="Reading the logs" />;
  if (network.isError) return <Failed error={network.error} what="The network" />;
  if (logs.isError) return <Failed error={logs.error} what="The logs" />;
  const transactions = ledger.data?.transactions ?? [];
  const anchoredOf = (id: string) => {
    const anchor = transactions.find((each) => each.contract === 'anchors' && each.name === 'append' && each.submitter.organisation === id);
    return anchor === undefined ? undefined : Number(anchor.args.size);
  };
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>Logs, witnesses and anchors</Title>
        <Text mt="xs">
          Ledger {network.data.ledger.id.slice(0, 8)}… ({network.data.ledger.engine}), height {ledger.data?.height ?? network.data.ledger.height}. The page
          follows the network.
        </Text>
      </div>
      {logs.data.length === 0 && <Empty>No log has a cosigned checkpoint yet.</Empty>}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {logs.data.map((log) => (
          <LogCard key={log.organisation.id} log={log} anchored={anchoredOf(log.organisation.id)} />
        ))}
      </SimpleGrid>
      <Title order={2} size="h4">
        Newest transactions
      </Title>
      {ledger.isError && <Failed error={ledger.error} what="The ledger" />}
      <Table.ScrollContainer minWidth={420}>
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Block</Table.Th>
              <Table.Th>Organisation</Table.Th>
              <Table.Th>What it did</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {transactions.slice(0, SHOWN).map((each) => (
              <Table.Tr key={each.id}>
                <Table.Td>{each.height}</Table.Td>
                <Table.Td>{each.submitter.organisation}</Table.Td>
                <Table.Td>{wordsOf(each)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
