import { Button, Group, List, NativeSelect, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { breakGlass, type OpenedEmergency } from '../api/emergency-access.ts';
import { useSession } from '../session/session.ts';
import { EMERGENCY_REASONS, minutesWords } from './emergency-words.ts';
import { Refused } from './Status.tsx';

const LEAST_TEXT = 10; // the node takes no shorter one
const DURATIONS = [15, 30, 60, 120, 240]; // minutes; the node opens for four hours at most
const USUAL = 60; // what the node takes when nothing is said

/** Who is told what, and how it ends. */
function WhatHappens({ minutes, organisation }: { minutes: number; organisation: string }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        What happens then
      </Text>
      <List size="sm" spacing={4}>
        <List.Item>
          The record opens to you alone, for reading, and closes by itself after {minutesWords(minutes)}. What
          the law protects beyond that stays closed.
        </List.Item>
        <List.Item>
          The patient is told at once, in their record: your name, {organisation}, the reason, your words, and
          until when it is open.
        </List.Item>
        <List.Item>
          The privacy officer of {organisation} is told at once, and looks into it. Where other organisations
          know the patient, theirs are too.
        </List.Item>
        <List.Item>Everything that you read is marked as an emergency in the patient’s access log.</List.Item>
      </List>
    </div>
  );
}

interface BreakGlassFormProps {
  patient: string;
  /** Name of the organisation whose record it is. */
  organisation: string;
  onOpened: (opened: OpenedEmergency) => void;
}

/** Opens a record in an emergency: asks why and for how long, and says beforehand who is told what. */
export function BreakGlassForm({ patient, organisation, onOpened }: BreakGlassFormProps) {
  const session = useSession();
  const [reason, setReason] = useState('medical-emergency');
  const [text, setText] = useState('');
  const [minutes, setMinutes] = useState(USUAL);
  const opening = useMutation({
    mutationFn: () => breakGlass(session, { patient, reason, text, minutes }),
    onSuccess: onOpened,
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        opening.mutate();
      }}
    >
      <Stack>
        <NativeSelect
          label="Why"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data={Object.entries(EMERGENCY_REASONS).map(([value, { long }]) => ({ value, label: long }))}
        />
        <Textarea
          label="What the emergency is"
          description="In a few words; the patient and the privacy officer read them."
          autosize
          minRows={2}
          maxRows={8}
          minLength={LEAST_TEXT}
          maxLength={8000} // what the node takes
          required
          withAsterisk={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <NativeSelect
          label="For how long"
          value={String(minutes)}
          onChange={(event) => setMinutes(Number(event.currentTarget.value))}
          data={DURATIONS.map((each) => ({ value: String(each), label: minutesWords(each) }))}
        />
        <WhatHappens minutes={minutes} organisation={organisation} />
        {opening.isError && <Refused title="The record was not opened" error={opening.error} />}
        <Group justify="flex-end">
          <Button
            type="submit"
            color="coral"
            loading={opening.isPending}
            disabled={text.trim().length < LEAST_TEXT}
          >
            Open the record for {minutesWords(minutes)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
