import { Badge, Button, Code, Group, MultiSelect, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  addUser,
  changeUser,
  fetchUsers,
  type Link,
  makeLink,
  removePasskeys,
  type User,
} from '../api/administration.ts';
import { useSession } from '../session/session.ts';
import { Failed, Refused, Waiting } from './Status.tsx';

interface Given {
  login: string;
  link: Link;
}

function standing({ closed, locked, hasPassword, passkeys }: User): string {
  if (closed) return 'closed';
  if (locked) return 'locked for a while';
  if (!hasPassword && passkeys === 0) return 'has not signed in yet';
  return passkeys === 0 ? 'password' : `${hasPassword ? 'password, ' : ''}${passkeys} passkeys`;
}

function LinkNote({ given }: { given: Given }) {
  return (
    <Stack gap={4} role="status" className="note">
      <Text size="sm">
        Hand this link to <strong>{given.login}</strong>, in person or by letter. It works once, until{' '}
        {new Date(given.link.expires).toLocaleString('en')}.
      </Text>
      <Code block data-testid="link">
        {given.link.url}
      </Code>
    </Stack>
  );
}

interface NewUserFormProps {
  /** Roles to choose from. */
  possible: readonly string[];
  onAdded: (given: Given) => void;
}

function NewUserForm({ possible, onAdded }: NewUserFormProps) {
  const session = useSession();
  const { organisation } = session.persona;
  const queries = useQueryClient();
  const [login, setLogin] = useState('');
  const [name, setName] = useState('');
  const [roles, setRoles] = useState<string[]>([]);
  const [fhirUser, setFhirUser] = useState('');
  const add = useMutation({
    mutationFn: async () =>
      addUser(organisation, await session.token(organisation), {
        login,
        name,
        roles,
        ...(fhirUser === '' ? {} : { fhirUser }),
      }),
    onSuccess: ({ user, link }) => {
      onAdded({ login: user.login, link });
      setLogin('');
      setName('');
      setRoles([]);
      setFhirUser('');
      return queries.invalidateQueries({ queryKey: ['users'] });
    },
  });
  return (
    <form
      aria-label="A new user"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      {add.isError && <Refused title="The user was not added" error={add.error} />}
      <Group align="flex-end" gap="sm">
        <TextInput
          label="Login"
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
          required
        />
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
        />
        <MultiSelect label="Roles" data={possible} value={roles} onChange={setRoles} miw={200} />
        <TextInput
          label="FHIR resource"
          placeholder="Practitioner/12"
          value={fhirUser}
          onChange={(event) => setFhirUser(event.currentTarget.value)}
        />
        <Button type="submit" loading={add.isPending}>
          Add user
        </Button>
      </Group>
    </form>
  );
}

interface UserTableProps {
  users: readonly User[];
  onLink: (user: User) => void;
  /** Closes an open account, and opens a closed one. */
  onChange: (user: User) => void;
  /** Removes the passkeys of somebody who lost a device. */
  onPasskeys: (user: User) => void;
}

function UserTable({ users, onLink, onChange, onPasskeys }: UserTableProps) {
  return (
    <Table.ScrollContainer minWidth={600} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table aria-labelledby="users" mt="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Login</Table.Th>
            <Table.Th>Name</Table.Th>
            <Table.Th>Roles</Table.Th>
            <Table.Th>Signs in by</Table.Th>
            <Table.Th>Actions</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {users.map((user) => (
            <Table.Tr key={user.id}>
              <Table.Td>{user.login}</Table.Td>
              <Table.Td>{user.name}</Table.Td>
              <Table.Td>
                {user.roles.map((role) => (
                  <Badge key={role} variant="outline" tt="none" mr={4} miw="max-content">
                    {role}
                  </Badge>
                ))}
              </Table.Td>
              <Table.Td>{standing(user)}</Table.Td>
              <Table.Td>
                <Group gap="xs">
                  <Button
                    size="xs"
                    variant="default"
                    onClick={() => onLink(user)}
                    aria-label={`New link for ${user.login}`}
                  >
                    New link
                  </Button>
                  <Button
                    size="xs"
                    variant="default"
                    onClick={() => onChange(user)}
                    aria-label={`${user.closed ? 'Open' : 'Close'} ${user.login}`}
                  >
                    {user.closed ? 'Open' : 'Close'}
                  </Button>
                  {user.passkeys > 0 && (
                    <Button
                      size="xs"
                      variant="default"
                      onClick={() => onPasskeys(user)}
                      aria-label={`Remove the passkeys of ${user.login}`}
                    >
                      Remove passkeys
                    </Button>
                  )}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** The people of the organisation. */
export function UserSection() {
  const session = useSession();
  const { organisation } = session.persona;
  const queries = useQueryClient();
  const [given, setGiven] = useState<Given>();
  const users = useQuery({
    queryKey: ['users'],
    queryFn: async () => fetchUsers(organisation, await session.token(organisation)),
  });
  const change = useMutation({
    mutationFn: async ({ id, closed }: User) =>
      changeUser(organisation, await session.token(organisation), id, { closed: !closed }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['users'] }),
  });
  const link = useMutation({
    mutationFn: async ({ id, login }: User) => ({
      login,
      link: await makeLink(organisation, await session.token(organisation), id),
    }),
    onSuccess: setGiven,
  });
  const passkeys = useMutation({
    mutationFn: async ({ id }: User) => removePasskeys(organisation, await session.token(organisation), id),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['users'] }),
  });
  return (
    <section aria-labelledby="users">
      <Title order={2} id="users" mb="sm">
        Users
      </Title>
      <NewUserForm possible={users.data?.roles ?? []} onAdded={setGiven} />
      {given !== undefined && <LinkNote given={given} />}
      {change.isError && <Refused title="Nothing was changed" error={change.error} />}
      {passkeys.isError && <Refused title="The passkeys were not removed" error={passkeys.error} />}
      {link.isError && <Refused title="No link was made" error={link.error} />}
      {users.isPending && <Waiting what="Asking for the users" />}
      {users.isError && <Failed error={users.error} what="The users" />}
      {users.data !== undefined && (
        <UserTable
          users={users.data.users}
          onLink={(user) => link.mutate(user)}
          onChange={(user) => change.mutate(user)}
          onPasskeys={(user) => passkeys.mutate(user)}
        />
      )}
    </section>
  );
}
