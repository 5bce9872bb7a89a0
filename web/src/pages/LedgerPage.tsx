import { Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { fetchLedger } from '../api/ledger.ts';
import { BlockList } from '../components/BlockList.tsx';
import { MemberTable } from '../components/MemberTable.tsx';
import { LedgerWarnings, NetworkNodes } from '../components/NetworkNodes.tsx';
import { namesOf, useNetwork } from '../components/organisation-name.ts';
import { PageHeading } from '../components/PageHeading.tsx';
import { Failed, Waiting } from '../components/Status.tsx';

const REFRESH_MS = 2_000; // as often as the blocks below it
const MS_PER_SECOND = 1_000; // people read ages in seconds

/** The ledger as this node sees it: members and their anchors, the network underneath, blocks in words. */
export function LedgerPage() {
  const network = useNetwork();
  const ledger = useQuery({ queryKey: ['ledger'], queryFn: fetchLedger, refetchInterval: REFRESH_MS });
  if (ledger.isError) return <Failed error={ledger.error} what="The ledger" />;
  if (ledger.isPending) return <Waiting what="Reading the ledger" />;
  const nameOf = namesOf(network.data);
  const { id, engine, height, viewAgeMs, policyVersion, warnings } = ledger.data;
  return (
    <Stack gap="lg">
      <PageHeading title="Ledger">
        What the organisations agreed on, one by one: who is a member, which consents stand, and how far each
        log is anchored. No health data is in it, only commitments.
      </PageHeading>
      <LedgerWarnings warnings={warnings} />
      <Text>
        <span className="quiet">Ledger</span> <span className="hash">{id}</span>, {engine} engine, height{' '}
        <b>{height.toLocaleString()}</b>, policy version {policyVersion ?? '–'}
        {viewAgeMs !== undefined &&
          `, this view is at most ${Math.ceil(viewAgeMs / MS_PER_SECOND).toLocaleString()} s old`}
      </Text>
      <section aria-labelledby="members">
        <Title order={2} id="members">
          Members and anchors
        </Title>
        <MemberTable ledger={ledger.data} nameOf={nameOf} />
      </section>
      <section aria-labelledby="nodes">
        <Title order={2} id="nodes">
          Orderers and peers
        </Title>
        <NetworkNodes ledger={ledger.data} nameOf={nameOf} />
      </section>
      <section aria-labelledby="blocks">
        <Title order={2} id="blocks">
          Blocks
        </Title>
        <BlockList nameOf={nameOf} />
      </section>
    </Stack>
  );
}
