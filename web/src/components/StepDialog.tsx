import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Dialog } from './Dialog.tsx';
import { Refused } from './Status.tsx';

interface StepFormProps {
  /** What happens, and what follows from it. */
  explanation: string;
  /** What the words are. */
  label: string;
  /** What the button says. */
  action: string;
  submit: (text: string) => Promise<unknown>;
  onDone: () => void;
  /** Fields beside the words. */
  children?: ReactNode;
}

function StepForm({ explanation, label, action, submit, onDone, children }: StepFormProps) {
  const [text, setText] = useState('');
  const taking = useMutation({ mutationFn: () => submit(text), onSuccess: onDone });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        taking.mutate();
      }}
    >
      <Stack>
        <Text size="sm">{explanation}</Text>
        {children}
        <Textarea
          label={label}
          autosize
          minRows={3}
          maxRows={10}
          maxLength={8000} // what the node takes
          required
          withAsterisk={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {taking.isError && <Refused title="This was not kept" error={taking.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={taking.isPending} disabled={text.trim() === ''}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface StepDialogProps extends StepFormProps {
  opened: boolean;
  title: string;
  onClose: () => void;
}

/** Asks for the words of a step, explains what it does, and takes it. */
export function StepDialog({ opened, title, onClose, ...form }: StepDialogProps) {
  return (
    <Dialog opened={opened} title={title} onClose={onClose}>
      <StepForm {...form} />
    </Dialog>
  );
}
