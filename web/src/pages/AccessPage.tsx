import { Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ConsentRow, fetchConsents } from '../api/consents.ts';
import type { Network } from '../api/network.ts';
import { ConsentCard } from '../components/ConsentCard.tsx';
import { GrantForm } from '../components/GrantForm.tsx';
import { useNetwork } from '../components/organisation-name.ts';
import { PageHeading } from '../components/PageHeading.tsx';
import { Empty, Failed, Waiting } from '../components/Status.tsx';
import { useSession } from '../session/session.ts';

function Consents({ title, consents, network }: { title: string; consents: ConsentRow[]; network: Network }) {
  return (
    <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }} aria-label={title}>
      {consents.map((consent) => (
        <ConsentCard key={`${consent.custodian} ${consent.id}`} consent={consent} network={network} />
      ))}
    </Stack>
  );
}

/** Who has access to the patient's records, and the form to give more. */
export function AccessPage() {
  const session = useSession();
  const network = useNetwork();
  const consents = useQuery({ queryKey: ['consents'], queryFn: () => fetchConsents(session) });
  if (network.isPending || consents.isPending) return <Waiting what="Asking who has access" />;
  if (network.isError) return <Failed error={network.error} what="The network" />;
  if (consents.isError) return <Failed error={consents.error} what="Your consents" />;
  const ended = consents.data.filter(({ status }) => status === 'revoked');
  const current = consents.data.filter(({ status }) => status !== 'revoked');
  return (
    <Stack gap="lg">
      <PageHeading title="Who has access">
        Organisations that treat you see their own records of you. Others see what you give them here, until
        you take it back.
      </PageHeading>
      {current.length === 0 ? (
        <Empty>You have given nobody else access.</Empty>
      ) : (
        <Consents title="Access given" consents={current} network={network.data} />
      )}
      <GrantForm network={network.data} />
      {ended.length > 0 && (
        <section aria-label="Access taken back">
          <Title order={2} mb="sm">
            Taken back
          </Title>
          <Consents title="Access taken back" consents={ended} network={network.data} />
        </section>
      )}
    </Stack>
  );
}
