import { Alert, Button, Card, NativeSelect, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { sendGrant } from '../api/consents.ts';
import { ApiError } from '../api/http.ts';
import type { Network } from '../api/network.ts';
import { type ConsentChoice, consentResource, PURPOSES, SCOPES } from '../consent/consent-form.ts';
import { signGrant } from '../consent/sign.ts';
import { type Session, useSession } from '../session/session.ts';
import { namesOf } from './organisation-name.ts';
import { Refused } from './Status.tsx';

const day = (yearsAhead: number): string => {
  const date = new Date();
  date.setFullYear(date.getFullYear() + yearsAhead);
  return date.toISOString().slice(0, 10);
};

const SCOPE_LABELS = Object.fromEntries(Object.entries(SCOPES).map(([id, { label }]) => [id, label]));

async function grant(session: Session, network: Network, choice: ConsentChoice): Promise<void> {
  const record = session.records.find(({ organisation }) => organisation === choice.custodian);
  if (record === undefined) throw new ApiError(0, 'no-record', 'This organisation has no record of you.');
  const known = session.records.map(({ organisation }) => organisation);
  const request = signGrant(session.seed(), {
    ledger: network.ledger.id,
    custodian: choice.custodian,
    patient: record.patient,
    consent: consentResource(choice, record.patient, new Date().toISOString()),
    linkTo: known.filter((organisation) => organisation === choice.grantee),
  });
  await sendGrant(choice.custodian, await session.token(choice.custodian), request);
}

interface ChoiceProps {
  label: string;
  value: string;
  choose: (value: string) => void;
  choices: readonly (readonly [value: string, label: string])[];
}

function Choice({ label, value, choose, choices }: ChoiceProps) {
  const data = choices.map(([each, words]) => ({ value: each, label: words }));
  return (
    <NativeSelect
      label={label}
      value={value}
      onChange={(event) => choose(event.currentTarget.value)}
      data={data}
    />
  );
}

const onSubmit = (work: () => void) => (event: FormEvent) => {
  event.preventDefault();
  work();
};

function GrantOutcome({ done, error }: { done: boolean; error: Error | null }) {
  if (error !== null) return <Refused title="Not given" error={error} />;
  if (!done) return null;
  return (
    <Alert title="Access given" role="status">
      Signed in this browser, and final on the ledger.
    </Alert>
  );
}

/** Grants another organisation access; the consent is signed here, by a key that only the patient holds. */
export function GrantForm({ network }: { network: Network }) {
  const session = useSession();
  const queries = useQueryClient();
  const nameOf = namesOf(network);
  const custodians = session.records.map(({ organisation }) => organisation);
  const [custodian, setCustodian] = useState(custodians[0] ?? '');
  const grantees = network.organisations.filter(({ id }) => id !== custodian);
  const [wanted, setGrantee] = useState('');
  const [purpose, setPurpose] = useState('TREAT');
  const [scope, setScope] = useState('everything');
  const [until, setUntil] = useState(day(1));
  const grantee = grantees.some(({ id }) => id === wanted) ? wanted : (grantees[0]?.id ?? '');
  const granting = useMutation({
    mutationFn: () => grant(session, network, { custodian, grantee, purpose, scope, until }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['consents'] }),
  });
  return (
    <Card
      withBorder
      component="form"
      padding="md"
      onSubmit={onSubmit(() => granting.mutate())}
      aria-labelledby="grant-title"
    >
      <Stack>
        <div>
          <Title order={2} id="grant-title">
            Give access
          </Title>
          <Text size="sm" className="quiet">
            You sign in this browser, with a key made for this consent alone.
          </Text>
        </div>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Choice
            label="My record at"
            value={custodian}
            choose={setCustodian}
            choices={custodians.map((id) => [id, nameOf(id)])}
          />
          <Choice
            label="Who may see it"
            value={grantee}
            choose={setGrantee}
            choices={grantees.map(({ id, name }) => [id, name])}
          />
          <Choice label="What" value={scope} choose={setScope} choices={Object.entries(SCOPE_LABELS)} />
          <Choice label="What for" value={purpose} choose={setPurpose} choices={Object.entries(PURPOSES)} />
          <TextInput
            label="Until"
            type="date"
            value={until}
            min={day(0)}
            onChange={(event) => setUntil(event.currentTarget.value)}
            required
            withAsterisk={false}
          />
        </SimpleGrid>
        <div>
          <Button type="submit" loading={granting.isPending}>
            Sign and give access
          </Button>
        </div>
        <GrantOutcome done={granting.isSuccess} error={granting.error} />
      </Stack>
    </Card>
  );
}
