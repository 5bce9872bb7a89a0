import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { type OpenedEmergency, readPatient } from '../api/emergency-access.ts';
import { fetchRecordAt } from '../api/record.ts';
import { useSession } from '../session/session.ts';
import { BreakGlassForm } from './BreakGlassForm.tsx';
import { Dialog } from './Dialog.tsx';
import { leftWords } from './emergency-words.ts';
import type { OpenedEmergencies } from './opened-emergencies.ts';
import { RecordView } from './RecordView.tsx';
import { Failed, Waiting } from './Status.tsx';

const TITLES = { 'About me': 'About the patient' };

/** The record of an emergency, from every organisation that knows the patient. */
function OpenedRecord({ opened, nowMs }: { opened: OpenedEmergency; nowMs: number }) {
  const session = useSession();
  const { organisation } = session.persona;
  const record = useQuery({
    queryKey: ['emergency-record', opened.patient],
    queryFn: () => fetchRecordAt(session, organisation, opened.patient),
  });
  return (
    <Stack gap="sm">
      <Alert color="coral" title="Open in an emergency">
        <span role="timer">{leftWords(opened.endsMs - nowMs)}</span>, then it closes by itself. The patient
        and the privacy officer were told.
        {opened.stale && ' The view of the ledger was older than it may be; that was noted.'}
      </Alert>
      {record.isPending && <Waiting what="Fetching the record from every organisation" />}
      {record.isError && <Failed error={record.error} what="The record" />}
      {record.isSuccess && (
        <RecordView
          record={record.data}
          titles={TITLES}
          empty="Nothing of this patient opens in this emergency."
        />
      )}
    </Stack>
  );
}

interface EmergencyPatientProps {
  id: string;
  /** Name of the clinician's organisation. */
  organisation: string;
  emergencies: OpenedEmergencies;
}

/** One patient: who it is as far as that may be seen, the way to open the record, and the record while it is open. */
export function EmergencyPatient({ id, organisation, emergencies }: EmergencyPatientProps) {
  const session = useSession();
  const [asking, setAsking] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const { open, nowMs, hasEnded, add } = emergencies;
  const opened = open.find(({ patient }) => patient === id);
  const openedId = opened?.id ?? '';
  const patient = useQuery({
    queryKey: ['emergency-patient', id, openedId],
    queryFn: () => readPatient(session, id),
  });
  useEffect(() => heading.current?.focus(), []);
  // The button that had the focus stands elsewhere: who cannot see the page is led to what has opened.
  useEffect(() => {
    if (openedId !== '') heading.current?.focus();
  }, [openedId]);
  const known = patient.data ?? undefined;
  return (
    <Stack component="section" aria-labelledby="patient" gap="sm">
      <div>
        <Title order={2} id="patient" ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
          {known?.name || `Patient/${id}`}
        </Title>
        {known !== undefined && (
          <Text size="sm" className="quiet name">
            {known.birthDate === '' ? 'no date of birth' : `born ${known.birthDate}`}, Patient/{id}
          </Text>
        )}
      </div>
      {patient.isPending && <Waiting what="Asking who that is" />}
      {patient.isError && <Failed error={patient.error} what="The patient" />}
      {opened === undefined && patient.data === null && (
        <Text role="status">
          You may see nothing of a patient with this id: they keep you out, or there is no such patient here.
        </Text>
      )}
      {opened === undefined && known !== undefined && (
        <Text role="status">
          What you may see of this patient you see without an emergency, in your own system. Here you open
          what is kept from you.
        </Text>
      )}
      {opened === undefined && hasEnded(id) && (
        <Alert color="sand" title="The emergency has ended" role="status">
          The record is closed to you again.
        </Alert>
      )}
      <Group>
        <Button
          color="coral"
          variant={opened === undefined ? 'filled' : 'default'}
          onClick={() => setAsking(true)}
        >
          {opened === undefined ? 'Open in an emergency' : 'Open for longer'}
        </Button>
      </Group>
      {opened !== undefined && <OpenedRecord opened={opened} nowMs={nowMs} />}
      <Dialog opened={asking} onClose={() => setAsking(false)} title="Open the record in an emergency">
        <BreakGlassForm
          patient={id}
          organisation={organisation}
          onOpened={(found) => {
            setAsking(false);
            add(found);
          }}
        />
      </Dialog>
    </Stack>
  );
}
