import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Organisation } from '../api/network.ts';
import { beginSignIn } from '../api/sign-in.ts';
import { EmergencyPatient } from '../components/EmergencyPatient.tsx';
import { leftWords } from '../components/emergency-words.ts';
import { type OpenedEmergencies, useOpenedEmergencies } from '../components/opened-emergencies.ts';
import { useNetwork } from '../components/organisation-name.ts';
import { PageHeading } from '../components/PageHeading.tsx';
import { PatientFinder } from '../components/PatientFinder.tsx';
import { Failed, Refused, Waiting } from '../components/Status.tsx';
import { useSession } from '../session/session.ts';

/** Leads to a sign-in whose token says that there is an emergency: an ordinary one opens no record. */
function EmergencySignIn({ organisation }: { organisation: Organisation }) {
  const going = useMutation({
    mutationFn: async () => window.location.assign(await beginSignIn(organisation, { emergency: true })),
  });
  return (
    <Stack gap="sm" align="flex-start">
      <Text maw="65ch">
        You are signed in for treatment. To open a record in an emergency, sign in for that too; it opens
        nothing by itself.
      </Text>
      {going.isError && <Refused title="You were not led to the sign-in" error={going.error} />}
      <Button color="coral" loading={going.isPending} onClick={() => going.mutate()}>
        Sign in for an emergency
      </Button>
    </Stack>
  );
}

function OpenNow({ emergencies, onShow }: { emergencies: OpenedEmergencies; onShow: (id: string) => void }) {
  const { open, nowMs } = emergencies;
  if (open.length === 0) return null;
  return (
    <section aria-labelledby="open-now">
      <Title order={2} id="open-now" mb="xs">
        Open to you now
      </Title>
      <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }} aria-label="Open emergencies">
        {open.map(({ id, patient, endsMs }) => (
          <Group key={id} component="li" gap="sm">
            <Button size="xs" variant="default" onClick={() => onShow(patient)}>
              Show Patient/{patient}
            </Button>
            <Text size="sm" className="quiet">
              {leftWords(endsMs - nowMs)}
            </Text>
          </Group>
        ))}
      </Stack>
    </section>
  );
}

/** Where a clinician opens a record that is kept from them: in an emergency, with a reason, for a time. */
export function EmergencyAccessPage() {
  const session = useSession();
  const network = useNetwork();
  const emergencies = useOpenedEmergencies();
  const [chosen, setChosen] = useState<string>();
  if (network.isPending) return <Waiting what="Asking the node" />;
  if (network.isError) return <Failed error={network.error} what="The network" />;
  const own = network.data.organisations.find(({ id }) => id === session.persona.organisation);
  return (
    <Stack gap="lg">
      <PageHeading title="Emergency access">
        A record that a patient keeps from you opens in an emergency: for one patient, with a reason, for a
        time. The patient and the privacy officer are told at once, and each case is looked into.
      </PageHeading>
      {!session.isForEmergencies && own !== undefined && <EmergencySignIn organisation={own} />}
      {session.isForEmergencies && (
        <>
          <OpenNow emergencies={emergencies} onShow={setChosen} />
          <PatientFinder onChosen={setChosen} />
          {chosen !== undefined && (
            <EmergencyPatient
              key={chosen}
              id={chosen}
              organisation={own?.name ?? session.persona.organisation}
              emergencies={emergencies}
            />
          )}
        </>
      )}
    </Stack>
  );
}
