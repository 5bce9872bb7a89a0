import { Badge, Button, Card, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ConsentRow } from '../api/consents.ts';
import type { Network } from '../api/network.ts';
import { consentWords } from '../consent/consent-form.ts';
import { takeBack } from '../consent/take-back.ts';
import { useSession } from '../session/session.ts';
import { Dialog } from './Dialog.tsx';
import { namesOf } from './organisation-name.ts';
import { Refused } from './Status.tsx';

const STATUS: Record<string, string> = { active: 'active', revoked: 'taken back', pending: 'being recorded' };
const BY: Record<string, string> = {
  'custodian-held-key': 'Signed for you with a key that the organisation holds.',
  custodian: 'Recorded by the organisation.',
};

function Confirmation(props: { who: string; opened: boolean; onCancel: () => void; onConfirm: () => void }) {
  const { who, opened, onCancel, onConfirm } = props;
  return (
    <Dialog opened={opened} onClose={onCancel} title={`Take back access of ${who}?`}>
      <Text>
        They can fetch nothing more of it from now on. What they have copied before stays with them. A consent
        that was taken back cannot be revived; you can give a new one.
      </Text>
      <Group mt="md" justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          Keep it
        </Button>
        <Button color="coral" onClick={onConfirm}>
          Sign and take back
        </Button>
      </Group>
    </Dialog>
  );
}

/** One consent: who sees what, for what, until when; and the way to take it back. */
export function ConsentCard({ consent, network }: { consent: ConsentRow; network: Network }) {
  const session = useSession();
  const queries = useQueryClient();
  const [asking, { open, close }] = useDisclosure();
  const { grantees, purpose, what, until } = consentWords(consent.resource);
  const nameOf = namesOf(network);
  const who = grantees.map(nameOf).join(', ');
  const revoking = useMutation({
    mutationFn: () => takeBack(session, network.ledger.id, consent),
    // Refused or not: what was read before is out of date.
    onSettled: () => queries.invalidateQueries({ queryKey: ['consents'] }),
  });
  const active = consent.status === 'active';
  // One that is being recorded may have been overtaken: then only another signature ends it.
  const action = active ? 'Take back' : 'Take back again';
  const by = BY[consent.recordedBy];
  return (
    <Card withBorder component="li" padding="md">
      <Group justify="space-between" align="flex-start">
        <div>
          <Group gap="xs">
            <Text fw={600}>{who}</Text>
            <Badge variant="light" tt="none" color={active ? 'kelp' : 'gray'} autoContrast>
              {STATUS[consent.status] ?? consent.status}
            </Badge>
          </Group>
          <Text size="sm">
            {what}, at {nameOf(consent.custodian)}
          </Text>
          <Text size="sm" className="quiet">
            {purpose}
            {until === undefined ? '' : `, until ${until.slice(0, 10)}`}
          </Text>
          {by !== undefined && (
            <Text size="sm" className="quiet">
              {by}
            </Text>
          )}
        </div>
        {consent.status !== 'revoked' && (
          <Button
            size="xs"
            color="coral"
            variant="light"
            loading={revoking.isPending}
            onClick={open}
            aria-label={active ? `${action} access of ${who}` : `${action}: access of ${who}`}
          >
            {action}
          </Button>
        )}
      </Group>
      {revoking.isError && (
        <Stack mt="sm">
          <Refused title="Not taken back" error={revoking.error} />
        </Stack>
      )}
      <Confirmation
        who={who}
        opened={asking}
        onCancel={close}
        onConfirm={() => {
          close();
          revoking.mutate();
        }}
      />
    </Card>
  );
}
