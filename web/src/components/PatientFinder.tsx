import { Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type FoundPatient, findPatients } from '../api/emergency-access.ts';
import { useSession } from '../session/session.ts';
import { Empty, Refused } from './Status.tsx';

interface ChoosingProps {
  onChosen: (id: string) => void;
}

function FoundList({ found: all, onChosen }: ChoosingProps & { found: readonly FoundPatient[] }) {
  return (
    <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }} aria-label="Patients found">
      {all.map((found) => (
        <li key={found.id}>
          <Group gap="sm">
            <Button size="xs" variant="light" onClick={() => onChosen(found.id)}>
              Choose {found.name || `Patient/${found.id}`}
            </Button>
            <Text size="sm" className="name">
              born {found.birthDate}, <span className="quiet">Patient/{found.id}</span>
            </Text>
          </Group>
        </li>
      ))}
    </Stack>
  );
}

function ById({ onChosen }: ChoosingProps) {
  const [id, setId] = useState('');
  const named = id.trim().replace(/^Patient\//, '');
  return (
    <form
      aria-label="By id"
      onSubmit={(event) => {
        event.preventDefault();
        onChosen(named);
      }}
    >
      <Group align="flex-end" gap="sm">
        <TextInput
          label="Or the patient’s id here"
          autoComplete="off"
          spellCheck={false}
          required
          withAsterisk={false}
          pattern="\s*(Patient/)?[A-Za-z0-9.\-]{1,64}\s*"
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <Button type="submit" variant="light">
          Choose
        </Button>
      </Group>
    </form>
  );
}

/** Finds a patient by name and day of birth among those whom the clinician may see, or takes an id. */
export function PatientFinder({ onChosen }: ChoosingProps) {
  const session = useSession();
  const [family, setFamily] = useState('');
  const [birthDate, setBirthDate] = useState('');
  const finding = useMutation({ mutationFn: () => findPatients(session, { family, birthDate }) });
  return (
    <Card withBorder padding="md" component="section" aria-labelledby="find">
      <Stack>
        <Title order={2} id="find">
          Which patient
        </Title>
        <form
          aria-label="By name"
          onSubmit={(event) => {
            event.preventDefault();
            finding.mutate();
          }}
        >
          <Group align="flex-end" gap="sm">
            <TextInput
              label="Family name"
              autoComplete="off"
              required
              withAsterisk={false}
              value={family}
              onChange={(event) => setFamily(event.currentTarget.value)}
            />
            <TextInput
              label="Date of birth"
              type="date"
              required
              withAsterisk={false}
              value={birthDate}
              onChange={(event) => setBirthDate(event.currentTarget.value)}
            />
            <Button type="submit" variant="light" loading={finding.isPending}>
              Find
            </Button>
          </Group>
        </form>
        {finding.isError && <Refused title="Nothing was looked for" error={finding.error} />}
        {finding.data?.length === 0 && (
          <Empty>
            Nobody whom you may see has this name and date of birth. Who keeps you out is not found by name:
            take the id from their wristband, card or referral.
          </Empty>
        )}
        {finding.data !== undefined && finding.data.length > 0 && (
          <FoundList found={finding.data} onChosen={onChosen} />
        )}
        <ById onChosen={onChosen} />
      </Stack>
    </Card>
  );
}
