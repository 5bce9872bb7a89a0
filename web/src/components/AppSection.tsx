import { Button, Card, Group, List, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ConnectedApp, disconnectApp, fetchApps } from '../api/account.ts';
import { useSession } from '../session/session.ts';
import { Empty, Failed, Refused, Waiting } from './Status.tsx';

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

/** The apps that act for somebody, and the end of each. */
export function AppSection() {
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
