import { Button, Card, Group, List, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  addPasskey,
  type ConnectedApp,
  disconnectApp,
  fetchApps,
  fetchPasskeys,
  removePasskey,
} from '../api/account.ts';
import { LaunchSection } from '../components/LaunchSection.tsx';
import { PageHeading } from '../components/PageHeading.tsx';
import { Empty, Failed, Refused, Waiting } from '../components/Status.tsx';
import { useSession } from '../session/session.ts';

const dayOf = (time: string): string => new Date(time).toLocaleDateString('en', { dateStyle: 'medium' });

function AppCard({ app, onEnd, busy }: { app: ConnectedApp; onEnd: () => void; busy: boolean }) {
  return (
    <Card component="li" withBorder>
      <Group justify="space-between" align="flex-start">
        <div>
          <Text fw={600}>{app.name}</Text>
          <Text size="sm" className="quiet">
            since {dayOf(app.since)}
          </Text>
        </div>
        <Button
          color="coral"
          variant="outline"
          onClick={onEnd}
          loading={busy}
          aria-label={`Disconnect ${app.name}`}
        >
          Disconnect
        </Button>
      </Group>
      <Text size="sm" mt="sm">
        It may
      </Text>
      <List size="sm">
        {app.may.map((words) => (
          <List.Item key={words}>{words}</List.Item>
        ))}
      </List>
    </Card>
  );
}

function Apps() {
  const session = useSession();
  const { organisation } = session.persona;
  const queries = useQueryClient();
  const apps = useQuery({
    queryKey: ['apps'],
    queryFn: async () => fetchApps(organisation, await session.token(organisation)),
  });
  const end = useMutation({
    mutationFn: async (id: string) => disconnectApp(organisation, await session.token(organisation), id),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['apps'] }),
  });
  return (
    <section aria-labelledby="apps">
      <Title order={2} id="apps" mb="sm">
        Connected apps
      </Title>
      {apps.isPending && <Waiting what="Asking for your apps" />}
      {apps.isError && <Failed error={apps.error} what="Your apps" />}
      {end.isError && <Refused title="The app was not disconnected" error={end.error} />}
      {apps.data?.length === 0 && <Empty>No app acts for you.</Empty>}
      <Stack component="ul" gap="sm" p={0} style={{ listStyle: 'none' }}>
        {apps.data?.map((app) => (
          <AppCard
            key={app.id}
            app={app}
            onEnd={() => end.mutate(app.id)}
            busy={end.variables === app.id && end.isPending}
          />
        ))}
      </Stack>
    </section>
  );
}

function Passkeys() {
  const session = useSession();
  const { organisation } = session.persona;
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const refresh = () => queries.invalidateQueries({ queryKey: ['passkeys'] });
  const passkeys = useQuery({
    queryKey: ['passkeys'],
    queryFn: async () => fetchPasskeys(organisation, await session.token(organisation)),
  });
  const add = useMutation({
    mutationFn: async () => addPasskey(organisation, await session.token(organisation), name),
    onSuccess: () => {
      setName('');
      return refresh();
    },
  });
  const remove = useMutation({
    mutationFn: async (id: string) => removePasskey(organisation, await session.token(organisation), id),
    onSuccess: refresh,
  });
  return (
    <section aria-labelledby="passkeys">
      <Title order={2} id="passkeys">
        Passkeys
      </Title>
      <Text size="sm" className="quiet" mb="sm">
        A passkey signs you in with this device, its PIN or your finger. Nobody can guess it or talk you out
        of it.
      </Text>
      {passkeys.isError && <Failed error={passkeys.error} what="Your passkeys" />}
      {add.isError && <Refused title="No passkey was made" error={add.error} />}
      {remove.isError && <Refused title="The passkey was not removed" error={remove.error} />}
      {passkeys.data?.length === 0 && <Empty>You have no passkey yet.</Empty>}
      <Stack component="ul" gap="xs" p={0} style={{ listStyle: 'none' }} aria-label="Your passkeys">
        {passkeys.data?.map((passkey) => (
          <Group component="li" key={passkey.id} justify="space-between">
            <Text>
              {passkey.name}, since {dayOf(passkey.since)}
            </Text>
            <Button
              variant="outline"
              color="coral"
              onClick={() => remove.mutate(passkey.id)}
              aria-label={`Remove ${passkey.name}`}
            >
              Remove
            </Button>
          </Group>
        ))}
      </Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <Group align="flex-end" mt="sm">
          <TextInput
            label="Name of this device"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            maxLength={60}
          />
          <Button type="submit" loading={add.isPending}>
            Make a passkey
          </Button>
        </Group>
      </form>
    </section>
  );
}

/** Somebody's own account: the apps that act for them, and how they sign in. */
export function AccountPage() {
  return (
    <Stack gap="xl">
      <PageHeading title="Apps and passkeys">What acts for you, and how you sign in.</PageHeading>
      <LaunchSection />
      <Apps />
      <Passkeys />
    </Stack>
  );
}
