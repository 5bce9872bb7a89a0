import { Alert, Button, Card, NativeSelect, SimpleGrid, Stack, Text, Textarea, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { RecordEntry } from '../api/record.ts';
import { askFor, type NewRequest, type RightsKind, type RightsRequest } from '../api/rights.ts';
import { useSession } from '../session/session.ts';
import { type Amendable, amendable, grouped } from './amendable.ts';
import type { NameOf } from './organisation-name.ts';
import { Empty, Refused } from './Status.tsx';
import { onDay } from './when.ts';

const CHOICES: Readonly<Record<RightsKind, { label: string; explanation: string }>> = {
  amendment: {
    label: 'Have something in my record changed',
    explanation:
      'Say what is wrong and why. The organisation answers within 60 days, or tells you why it needs 30 more. If it says no, you can add a statement of your own (45 CFR 164.526).',
  },
  access: {
    label: 'See my record, or have a copy',
    explanation:
      'What is in this network you see at once under “My record”. Ask here for a copy, or for what you do not find there. The organisation answers within 30 days, or tells you why it needs 30 more (45 CFR 164.524).',
  },
  accounting: {
    label: 'Learn whom my data was given to',
    explanation:
      'What is in this network you see at once under “Who was given data”. Ask here for an account by the organisation itself, within 60 days. The first in twelve months costs nothing (45 CFR 164.528).',
  },
};

/** The words of an amendment: what should change and why, and which version the patient looked at. */
const amendmentText = (change: string, why: string, { object, version }: Amendable): string =>
  `${change.trim()}\n\nReason: ${why.trim()}\n\nThis is about version ${version} of ${object}.`;

interface EntryChoiceProps {
  isWaiting: boolean;
  possible: readonly Amendable[];
  object: string;
  choose: (object: string) => void;
}

function EntryChoice({ isWaiting, possible, object, choose }: EntryChoiceProps) {
  return (
    <>
      {isWaiting && <Empty>Fetching your record, to choose from…</Empty>}
      {!isWaiting && possible.length === 0 && (
        <Empty>This organisation shows you no entries that could be changed.</Empty>
      )}
      {possible.length > 0 && (
        <NativeSelect
          label="Which entry"
          value={possible.some((each) => each.object === object) ? object : ''}
          onChange={(event) => choose(event.currentTarget.value)}
          required
          withAsterisk={false}
          data={[
            { value: '', label: 'Choose an entry' },
            ...grouped(possible).map(({ group, items }) => ({
              group,
              items: items.map(({ object: value, label }) => ({ value, label })),
            })),
          ]}
        />
      )}
    </>
  );
}

function Words(props: { label: string; value: string; change: (value: string) => void }) {
  const { label, value, change } = props;
  return (
    <Textarea
      label={label}
      autosize
      minRows={2}
      maxRows={10}
      maxLength={3500} // two of them are less than the node takes
      required
      withAsterisk={false}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

/** What is sent: of an amendment the entry, and its words put together. */
const askingOf = (asked: NewRequest, why: string, entry: Amendable | undefined): NewRequest =>
  entry === undefined
    ? asked
    : { ...asked, object: entry.object, text: amendmentText(asked.text, why, entry) };

function useAsking(onAsked: () => void) {
  const session = useSession();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: NewRequest) => askFor(session, request),
    onSuccess: () => {
      onAsked();
      return client.invalidateQueries({ queryKey: ['own-requests'] });
    },
  });
}

interface KindChoiceProps {
  kind: RightsKind;
  change: (kind: RightsKind) => void;
  children: ReactNode;
}

function KindChoice({ kind, change, children }: KindChoiceProps) {
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NativeSelect
          label="What"
          value={kind}
          onChange={(event) => change(event.currentTarget.value as RightsKind)}
          data={Object.entries(CHOICES).map(([value, { label }]) => ({ value, label }))}
        />
        {children}
      </SimpleGrid>
      <Text size="sm" className="quiet" maw="65ch">
        {CHOICES[kind].explanation}
      </Text>
    </>
  );
}

interface AskOutcomeProps {
  asked: RightsRequest | undefined;
  error: Error | null;
  /** Name of the organisation that was asked. */
  whom: string;
}

function AskOutcome({ asked, error, whom }: AskOutcomeProps) {
  if (error !== null) return <Refused title="Not asked" error={error} />;
  if (asked === undefined) return null;
  return (
    <Alert title="Asked" role="status">
      {whom} has it and must answer by {onDay(asked.due)}.
    </Alert>
  );
}

interface AskFormProps {
  /** The record as far as it was fetched; undefined while it is not. */
  entries: readonly RecordEntry[] | undefined;
  /** What the patient came here to have changed: `<organisation>/<Type>/<id>`. */
  about: string | undefined;
  nameOf: NameOf;
}

/** Asks an organisation for an amendment, for access, or for an accounting, in the patient's own words. */
export function AskForm({ entries, about, nameOf }: AskFormProps) {
  const session = useSession();
  const organisations = session.records.map(({ organisation }) => organisation);
  const [kind, setKind] = useState<RightsKind>('amendment');
  const [at, setAt] = useState(
    organisations.find((id) => about?.startsWith(`${id}/`)) ?? organisations[0] ?? '',
  );
  const [object, setObject] = useState(about?.split('/').slice(1).join('/') ?? '');
  const [text, setText] = useState('');
  const [why, setWhy] = useState('');
  const possible = amendable(entries ?? [], at);
  const chosen = possible.find((each) => each.object === object);
  const isAmendment = kind === 'amendment';
  const asking = useAsking(() => {
    setText('');
    setWhy('');
  });
  const isReady = text.trim() !== '' && (!isAmendment || (why.trim() !== '' && chosen !== undefined));
  return (
    <Card
      withBorder
      component="form"
      padding="md"
      aria-labelledby="ask-title"
      onSubmit={(event) => {
        event.preventDefault();
        asking.mutate(askingOf({ organisation: at, kind, text }, why, isAmendment ? chosen : undefined));
      }}
    >
      <Stack>
        <Title order={2} id="ask-title">
          Ask for something
        </Title>
        <KindChoice kind={kind} change={setKind}>
          <NativeSelect
            label="Of whom"
            value={at}
            onChange={(event) => setAt(event.currentTarget.value)}
            data={organisations.map((id) => ({ value: id, label: nameOf(id) }))}
          />
        </KindChoice>
        {isAmendment && (
          <EntryChoice
            isWaiting={entries === undefined}
            possible={possible}
            object={object}
            choose={setObject}
          />
        )}
        <Words
          label={isAmendment ? 'What should change' : 'What you ask for'}
          value={text}
          change={setText}
        />
        {isAmendment && <Words label="Why" value={why} change={setWhy} />}
        <div>
          <Button type="submit" loading={asking.isPending} disabled={!isReady}>
            Ask
          </Button>
        </div>
        <AskOutcome asked={asking.data} error={asking.error} whom={nameOf(at)} />
      </Stack>
    </Card>
  );
}
