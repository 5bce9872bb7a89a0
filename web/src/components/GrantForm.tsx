import { Alert, Button, NativeSelect, Stack, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../api/http.ts';
import { sendGrant } from '../api/consents.ts';
import type { Network } from '../api/network.ts';
import { type ConsentChoice, consentResource, PURPOSES, SCOPES } from '../consent/consent-form.ts';
import { signGrant } from '../consent/sign.ts';
import { type Session, useSession } from '../session/session.ts';

const inOneYear = (): string => {
  const day = new Date();
  day.setFullYear(day.getFullYear() + 1);
  return day.toISOString().slice(0, 10);
};

async function grant(session: Session, network: Network, choice: ConsentChoice): Promise<void> {
  const record = session.records.find(({ organisation }) => organisation === choice.custodian);
  const { seed } = session.persona;
  if (record === undefined || seed === undefined) throw new ApiError(0, 'no-key', 'This person has no key to sign with.');
  const request = signGrant(seed, {
    ledger: network.ledger.id,
    custodian: choice.custodian,
    patient: record.patient,
    consent: consentResource(choice, record.patient, new Date().toISOString()),
    linkTo: session.records.map(({ organisation }) => organisation).filter((organisation) => organisation === choice.grantee),
  });
  await sendGrant(choice.custodian, await session.token(choice.custodian), request);
}

/** Grants another organisation access; the consent is signed here, by a key that only the patient holds. */
export function GrantForm({ network }: { network: Network }) {
  const session = useSession();
  const queries = useQueryClient();
  const custodians = session.records.map(({ organisation }) => organisation);
  const [custodian, setCustodian] = useState(custodians[0] ?? '');
  const grantees = network.organisations.filter(({ id }) => id !== custodian);
  const [grantee, setGrantee] = useState('');
  const [purpose, setPurpose] = useState('TREAT');
  const [scope, setScope] = useState('everything');
  const [until, setUntil] = useState(inOneYear());
  const chosen = grantees.some(({ id }) => id === grantee) ? grantee : (grantees[0]?.id ?? '');
  const granting = useMutation({
    mutationFn: () => grant(session, network, { custodian, grantee: chosen, purpose, scope, until }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['consents'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    granting.mutate();
  };
  const named = (id: string) => network.organisations.find((each) => each.id === id)?.name ?? id;
  return (
    <form onSubmit={submit} aria-labelledby="grant-title">
      <Stack maw={420}>
        <Title order={2} size="h4" id="grant-title">
          Give access
        </Title>
        <NativeSelect
          label="To my record at"
          value={custodian}
          onChange={(event) => setCustodian(event.currentTarget.value)}
          data={custodians.map((value) => ({ value, label: named(value) }))}
        />
        <NativeSelect
          label="Who may see it"
          value={chosen}
          onChange={(event) => setGrantee(event.currentTarget.value)}
          data={grantees.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <NativeSelect
          label="To"
          value={purpose}
          onChange={(event) => setPurpose(event.currentTarget.value)}
          data={Object.entries(PURPOSES).map(([value, label]) => ({ value, label }))}
        />
        <NativeSelect
          label="What"
          value={scope}
          onChange={(event) => setScope(event.currentTarget.value)}
          data={Object.entries(SCOPES).map(([value, { label }]) => ({ value, label }))}
        />
        <TextInput label="Until" type="date" value={until} onChange={(event) => setUntil(event.currentTarget.value)} required />
        <Button type="submit" loading={granting.isPending}>
          Sign and give access
        </Button>
        {granting.isSuccess && (
          <Alert title="Granted" role="status">
            Signed in this browser and final on the ledger.
          </Alert>
        )}
        {granting.isError && (
          <Alert color="red.9" title="Not granted" role="alert">
            {granting.error.message}
          </Alert>
        )}
      </Stack>
    </form>
  );
}
