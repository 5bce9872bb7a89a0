import { SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { fetchLogs, fetchTransactions } from '../api/logs.ts';
import { LogCard } from '../components/LogCard.tsx';
import { namesOf, useNetwork } from '../components/organisation-name.ts';
import { PageHeading } from '../components/PageHeading.tsx';
import { Empty, Failed, Waiting } from '../components/Status.tsx';
import { transactionWords } from '../components/transaction-words.ts';

const REFRESH_MS = 2_000; // twice the publishing tick
const SHOWN = 25; // transactions of one screen

/** Logs, witnesses and anchors, live, judged by the proof code in this browser. */
export function LogsPage() {
  const network = useNetwork();
  const organisations = network.data?.organisations ?? [];
  const logs = useQuery({
    queryKey: ['logs'],
    queryFn: () => fetchLogs(organisations),
    enabled: organisations.length > 0,
    refetchInterval: REFRESH_MS,
  });
  const ledger = useQuery({
    queryKey: ['transactions'],
    queryFn: fetchTransactions,
    refetchInterval: REFRESH_MS,
  });
  if (network.isError) return <Failed error={network.error} what="The network" />;
  if (network.isPending || logs.isPending) return <Waiting what="Reading the logs" />;
  const nameOf = namesOf(network.data);
  const transactions = ledger.data?.transactions ?? [];
  const anchoredOf = (id: string) => {
    const anchor = transactions.find(
      ({ contract, name, submitter }) =>
        contract === 'anchors' && name === 'append' && submitter.organisation === id,
    );
    return anchor === undefined ? undefined : Number(anchor.args.size);
  };
  const { id, engine, height } = network.data.ledger;
  return (
    <Stack gap="lg">
      <PageHeading title="Logs and witnesses">
        What each organisation has logged, cosigned by the others and anchored on the ledger they share. The
        page follows the network and checks every signature here.
      </PageHeading>
      {logs.isError && <Failed error={logs.error} what="The logs" />}
      {logs.data?.length === 0 && <Empty>No log has a cosigned checkpoint yet.</Empty>}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {logs.data?.map((log) => (
          <LogCard
            key={log.organisation.id}
            log={log}
            anchored={anchoredOf(log.organisation.id)}
            nameOf={nameOf}
          />
        ))}
      </SimpleGrid>
      <section aria-label="Ledger">
        <Title order={2}>Ledger</Title>
        <Text size="sm" className="quiet hash" mb="sm">
          {id}, {engine} engine, height {ledger.data?.height ?? height}
        </Text>
        {ledger.isError && <Failed error={ledger.error} what="The ledger" />}
        <ul className="rows" aria-label="Newest transactions">
          {transactions.slice(0, SHOWN).map((each) => (
            <li key={each.id}>
              <Text size="sm" className="quiet">
                block {each.height}
              </Text>
              <Text size="sm" className="what name">
                <b>{nameOf(each.submitter.organisation)}</b> {transactionWords(each)}
              </Text>
              <Text size="sm" className="quiet where">
                <time dateTime={each.time}>{new Date(each.time).toLocaleTimeString()}</time>
              </Text>
              <div className="end" />
            </li>
          ))}
        </ul>
      </section>
    </Stack>
  );
}
