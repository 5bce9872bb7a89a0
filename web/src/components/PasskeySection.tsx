import { Button, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { addPasskey, fetchPasskeys, removePasskey } from '../api/account.ts';
import { useSession } from '../session/session.ts';
import { Empty, Failed, Refused } from './Status.tsx';

const dayOf = (time: string): string => new Date(time).toLocaleDateString('en', { dateStyle: 'medium' });

/** The first passkey takes the password; further ones ask for one that there is. */
function NewPasskeyForm({ isFirst, onMade }: { isFirst: boolean; onMade: () => Promise<void> }) {
  const session = useSession();
  const { organisation } = session.persona;
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const add = useMutation({
    mutationFn: async () =>
      addPasskey(organisation, await session.token(organisation), name, isFirst ? password : undefined),
    onSuccess: () => {
      setName('');
      setPassword('');
      return onMade();
    },
  });
  return (
    <>
      {add.isError && <Refused title="No passkey was made" error={add.error} />}
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
          {isFirst && (
            <PasswordInput
              label="Your password"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              required
              autoComplete="current-password"
            />
          )}
          <Button type="submit" loading={add.isPending}>
            Make a passkey
          </Button>
        </Group>
      </form>
    </>
  );
}

/** How somebody signs in without a password. */
export function PasskeySection() {
  const session = useSession();
  const { organisation } = session.persona;
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ['passkeys'] });
  const passkeys = useQuery({
    queryKey: ['passkeys'],
    queryFn: async () => fetchPasskeys(organisation, await session.token(organisation)),
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
        of it. To remove one, you show one that you have: where you have lost them all, ask an administrator.
      </Text>
      {passkeys.isError && <Failed error={passkeys.error} what="Your passkeys" />}
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
              loading={remove.isPending && remove.variables === passkey.id}
              aria-label={`Remove ${passkey.name}`}
            >
              Remove
            </Button>
          </Group>
        ))}
      </Stack>
      {passkeys.data !== undefined && (
        <NewPasskeyForm isFirst={passkeys.data.length === 0} onMade={refresh} />
      )}
    </section>
  );
}
