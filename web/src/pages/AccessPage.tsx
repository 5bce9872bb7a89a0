import { Alert, Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ConsentRow, fetchConsents, sendRevocation } from '../api/consents.ts';
import { ApiError } from '../api/http.ts';
import { fetchNetwork, type Network } from '../api/network.ts';
import { GrantForm } from '../components/GrantForm.tsx';
import { Empty, Failed, Waiting } from '../components/Status.tsx';
import { consentWords } from '../consent/consent-form.ts';
import { signRevocation } from '../consent/sign.ts';
import { useSession } from '../session/session.ts';

function ConsentCard({ consent, network }: { consent: ConsentRow; network: Network }) {
  const session = useSession();
  const queries = useQueryClient();
  const { grantees, purpose, what, until } = consentWords(consent.resource);
  const named = (id: string) => network.organisations.find((each) => each.id === id)?.name ?? id;
  const who = grantees.map(named).join(', ');
  const revoking = useMutation({
    mutationFn: async () => {
      const { seed } = session.persona;
      if (seed === undefined) throw new ApiError(0, 'no-key', 'This person has no key to sign with.');
      const { custodian, id, sequence } = consent;
      await sendRevocation(custodian, id, signRevocation(seed, { ledger: network.ledger.id, custodian, id, sequence }));
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['consents'] }),
  });
  const active = consent.status === 'active';
  return (
    <Card withBorder component="li">
      <Group justify="space-between" align="flex-start">
        <div>
          <Text fw={600}>{who}</Text>
          <Text size="sm">
            {what}, at {named(consent.custodian)}
          </Text>
          <Text size="sm">
            {purpose}
            {until === undefined ? '' : `, until ${until.slice(0, 10)}`}
          </Text>
        </div>
        <Stack gap="xs" align="flex-end">
          <Badge variant="light" tt="none" color={active ? 'kelp' : 'gray.8'}>
            {consent.status}
          </Badge>
          {active && (
            <Button size="xs" color="red.9" variant="light" loading={revoking.isPending} onClick={() => revoking.mutate()} aria-label={`Revoke access of ${who}`}>
              Revoke
            </Button>
          )}
        </Stack>
      </Group>
      {revoking.isError && (
        <Alert color="red.9" mt="sm" title="Not revoked" role="alert">
          {revoking.error.message}
        </Alert>
      )}
    </Card>
  );
}

/** Who has access to the patient's records, and the form to give more. */
export function AccessPage() {
  const session = useSession();
  const network = useQuery({ queryKey: ['network'], queryFn: fetchNetwork });
  const consents = useQuery({ queryKey: ['consents'], queryFn: () => fetchConsents(session) });
  if (network.isPending || consents.isPending) return <Waiting what="Asking who has access" />;
  if (network.isError) return <Failed error={network.error} what="The network" />;
  if (consents.isError) return <Failed error={consents.error} what="Your consents" />;
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>Who has access</Title>
        <Text mt="xs">
          Organisations that treat you see their own records of you. Others see what you give them here, until you take it back.
        </Text>
      </div>
      {consents.data.length === 0 ? (
        <Empty>You have given nobody else access.</Empty>
      ) : (
        <Stack component="ul" gap="sm" p={0} style={{ listStyle: 'none' }} aria-label="Access given">
          {consents.data.map((consent) => (
            <ConsentCard key={`${consent.custodian} ${consent.id}`} consent={consent} network={network.data} />
          ))}
        </Stack>
      )}
      <GrantForm network={network.data} />
    </Stack>
  );
}
