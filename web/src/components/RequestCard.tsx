import { Badge, Card, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { RightsRequest, RightsStep } from '../api/rights.ts';
import { dueWords, STEPS, standing } from './request-words.ts';
import { onDay } from './when.ts';

const COLOURS: Readonly<Record<RightsRequest['status'], string>> = {
  open: 'sand',
  granted: 'kelp',
  denied: 'gray',
  disputed: 'gray',
};

function StepRow({ step }: { step: RightsStep }) {
  const { at, what, text, clause, amended = [] } = step;
  return (
    <li>
      <Text size="sm">
        <time dateTime={at}>{onDay(at)}</time>, <b>{STEPS[what]}</b>
        {clause === undefined ? '' : ` (${clause})`}
      </Text>
      <Text size="sm" className="said name">
        {text}
      </Text>
      {amended.length > 0 && (
        <Text size="sm" className="quiet name">
          Amended or appended: {amended.join(', ')}
        </Text>
      )}
    </li>
  );
}

interface RequestCardProps {
  request: RightsRequest;
  /** What was asked for, and by or of whom. */
  title: string;
  /** To whom it was sent, or from whom. */
  who: string;
  /** What can be done about it. */
  children?: ReactNode;
}

/** A request of an individual: where it stands, by when there must be an answer, what happened, and what can be done. */
export function RequestCard({ request, title, who, children }: RequestCardProps) {
  const { status, steps = [], overdue, free } = request;
  const due = dueWords(request);
  return (
    <Card withBorder component="li" padding="md">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Text fw={600} className="name">
            {title}
          </Text>
          <Text size="sm" className="quiet name">
            {who}
          </Text>
        </div>
        <Badge
          variant="light"
          tt="none"
          color={overdue ? 'coral' : COLOURS[status]}
          autoContrast
          style={{ flexShrink: 0 }}
        >
          {standing(request)}
        </Badge>
      </Group>
      {due !== undefined && (
        <Text size="sm" mt="xs">
          {due}
        </Text>
      )}
      {free !== undefined && (
        <Text size="sm" className="quiet">
          {free
            ? 'It costs nothing: the first in twelve months (45 CFR 164.528(c)(2)).'
            : 'A fee may be charged: it is not the first in twelve months (45 CFR 164.528(c)(2)).'}
        </Text>
      )}
      {steps.length === 0 ? (
        <Text size="sm" className="quiet" mt="xs">
          The patient was erased, and the words with them.
        </Text>
      ) : (
        <ol className="steps">
          {steps.map((step) => (
            <StepRow key={`${step.at}${step.what}`} step={step} />
          ))}
        </ol>
      )}
      {children}
    </Card>
  );
}

/** Requests one below the other, as a list. */
export function RequestList({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }} aria-label={label}>
      {children}
    </Stack>
  );
}
