import { Button, Group, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fetchLaunchable, launchApp } from '../api/account.ts';
import { useSession } from '../session/session.ts';
import { Refused } from './Status.tsx';

/** Opens an app for a patient and an encounter (SMART App Launch 2.2, EHR launch); nothing where no app can be opened. */
export function LaunchSection() {
  const session = useSession();
  const { organisation, patient: own } = session.persona;
  const [patient, setPatient] = useState(own ?? '');
  const [encounter, setEncounter] = useState('');
  const apps = useQuery({
    queryKey: ['launchable'],
    queryFn: async () => fetchLaunchable(organisation, await session.token(organisation)),
  });
  const open = useMutation({
    mutationFn: async (client: string) =>
      launchApp(organisation, await session.token(organisation), {
        client,
        ...(patient === '' ? {} : { patient }),
        ...(encounter === '' ? {} : { encounter }),
      }),
    onSuccess: ({ url }) => window.location.assign(url),
  });
  if (apps.data === undefined || apps.data.length === 0) return null;
  return (
    <section aria-labelledby="launch">
      <Title order={2} id="launch" mb="sm">
        Open an app
      </Title>
      {open.isError && <Refused title="The app was not opened" error={open.error} />}
      <Group align="flex-end" gap="sm">
        <TextInput
          label="Patient"
          value={patient}
          onChange={(event) => setPatient(event.currentTarget.value)}
        />
        <TextInput
          label="Encounter"
          value={encounter}
          onChange={(event) => setEncounter(event.currentTarget.value)}
        />
        {apps.data.map(({ id, name }) => (
          <Button key={id} onClick={() => open.mutate(id)} loading={open.isPending}>
            Open {name}
          </Button>
        ))}
      </Group>
    </section>
  );
}
