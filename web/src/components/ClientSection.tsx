import { Button, Checkbox, Code, Group, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  addClient,
  type Client,
  confirmClient,
  fetchClients,
  type NewClient,
  removeClient,
} from '../api/administration.ts';
import { useSession } from '../session/session.ts';
import { Failed, Refused, Waiting } from './Status.tsx';

interface FormFields {
  id: string;
  /** Empty for a machine. */
  redirectUri: string;
  launchUri: string;
  scope: string;
  secret: boolean;
}

/** An app may state what the people may whom it acts for; `BTG` opens nothing by itself. */
function newClient({ redirectUri, launchUri, ...client }: FormFields): NewClient {
  return {
    ...client,
    name: client.id,
    purposes: redirectUri === '' ? ['TREAT'] : ['TREAT', 'PATRQT', 'HOPERAT', 'BTG'],
    ...(redirectUri === '' ? {} : { redirectUris: [redirectUri] }),
    ...(launchUri === '' ? {} : { launchUri }),
  };
}

function NewClientForm({ onSecret }: { onSecret: (secret: string | undefined) => void }) {
  const session = useSession();
  const { organisation } = session.persona;
  const queries = useQueryClient();
  const [id, setId] = useState('');
  const [redirectUri, setRedirectUri] = useState('');
  const [launchUri, setLaunchUri] = useState('');
  const [scope, setScope] = useState('');
  const [secret, setSecret] = useState(false);
  const add = useMutation({
    mutationFn: async () =>
      addClient(
        organisation,
        await session.token(organisation),
        newClient({ id, redirectUri, launchUri, scope, secret }),
      ),
    onSuccess: (made) => {
      onSecret(made.secret);
      return queries.invalidateQueries({ queryKey: ['clients'] });
    },
  });
  return (
    <form
      aria-label="A new client"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      {add.isError && <Refused title="The client was not registered" error={add.error} />}
      <Group align="flex-end" gap="sm">
        <TextInput
          label="Client id"
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
          required
        />
        <TextInput
          label="Address to return to"
          description="Empty for a machine"
          value={redirectUri}
          onChange={(event) => setRedirectUri(event.currentTarget.value)}
        />
        <TextInput
          label="Address to open it at"
          value={launchUri}
          onChange={(event) => setLaunchUri(event.currentTarget.value)}
        />
        <TextInput
          label="Scopes"
          placeholder="patient/*.rs"
          value={scope}
          onChange={(event) => setScope(event.currentTarget.value)}
          required
        />
        <Checkbox
          label="Can keep a secret"
          checked={secret}
          onChange={(event) => setSecret(event.currentTarget.checked)}
        />
        <Button type="submit" loading={add.isPending}>
          Register client
        </Button>
      </Group>
    </form>
  );
}

interface ClientTableProps {
  clients: readonly Client[];
  onConfirm: (client: Client) => void;
  onRemove: (id: string) => void;
}

function ClientTable({ clients, onConfirm, onRemove }: ClientTableProps) {
  return (
    <Table.ScrollContainer minWidth={600} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table aria-labelledby="clients" mt="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Client</Table.Th>
            <Table.Th>Shows itself by</Table.Th>
            <Table.Th>Scopes</Table.Th>
            <Table.Th>Actions</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {clients.map((client) => (
            <Table.Tr key={client.id}>
              <Table.Td>{client.name}</Table.Td>
              <Table.Td>{client.authentication}</Table.Td>
              <Table.Td>{client.scope}</Table.Td>
              <Table.Td>
                {client.origin === 'registered' ? (
                  <Group gap="xs">
                    {client.waits === true && (
                      <Button
                        size="xs"
                        variant="default"
                        onClick={() => onConfirm(client)}
                        aria-label={`Confirm ${client.id}, which another administrator registered`}
                      >
                        Confirm
                      </Button>
                    )}
                    <Button
                      size="xs"
                      variant="default"
                      onClick={() => onRemove(client.id)}
                      aria-label={`Remove ${client.id}`}
                    >
                      Remove
                    </Button>
                  </Group>
                ) : (
                  client.origin
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Apps and machines. */
export function ClientSection() {
  const session = useSession();
  const { organisation } = session.persona;
  const queries = useQueryClient();
  const [secret, setSecret] = useState<string>();
  const clients = useQuery({
    queryKey: ['clients'],
    queryFn: async () => fetchClients(organisation, await session.token(organisation)),
  });
  const remove = useMutation({
    mutationFn: async (id: string) => removeClient(organisation, await session.token(organisation), id),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['clients'] }),
  });
  const confirm = useMutation({
    mutationFn: async (client: Client) =>
      confirmClient(organisation, await session.token(organisation), client),
    // Refused, what is listed is not what waits any more.
    onSettled: () => queries.invalidateQueries({ queryKey: ['clients'] }),
  });
  return (
    <section aria-labelledby="clients">
      <Title order={2} id="clients" mb="sm">
        Apps and machines
      </Title>
      <NewClientForm onSecret={setSecret} />
      {secret !== undefined && (
        <Stack gap={4} role="status">
          <Text size="sm">Its secret, shown this once:</Text>
          <Code block>{secret}</Code>
        </Stack>
      )}
      {remove.isError && <Refused title="The client was not removed" error={remove.error} />}
      {confirm.isError && <Refused title="The client was not confirmed" error={confirm.error} />}
      {clients.isPending && <Waiting what="Asking for the clients" />}
      {clients.isError && <Failed error={clients.error} what="The clients" />}
      {clients.data !== undefined && (
        <ClientTable
          clients={clients.data}
          onConfirm={(client) => confirm.mutate(client)}
          onRemove={(id) => remove.mutate(id)}
        />
      )}
    </section>
  );
}
