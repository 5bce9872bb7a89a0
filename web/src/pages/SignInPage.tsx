import { Button, SimpleGrid, Stack, Text, Title, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { fetchPersonas, type Persona } from '../api/network.ts';
import { beginSignIn } from '../api/sign-in.ts';
import { type NameOf, namesOf, useNetwork } from '../components/organisation-name.ts';
import { PageHeading } from '../components/PageHeading.tsx';
import { Failed, Waiting } from '../components/Status.tsx';
import { useSessionControl } from '../session/session.ts';

const JOBS: Record<string, string> = {
  clinician: 'clinician',
  compliance: 'privacy and compliance',
  'front-desk': 'front desk',
  payer: 'payer',
  researcher: 'researcher',
};

function PersonaButton({ persona, nameOf }: { persona: Persona; nameOf: NameOf }) {
  const { begin } = useSessionControl();
  const navigate = useNavigate();
  const places = persona.records?.map(({ organisation }) => organisation) ?? [persona.organisation];
  const job = JOBS[persona.role];
  const enter = () => {
    begin(persona);
    void navigate({ to: persona.role === 'patient' ? '/patient' : '/compliance' });
  };
  return (
    <UnstyledButton className="persona" onClick={enter}>
      <Text fw={600}>
        <VisuallyHidden>Sign in as </VisuallyHidden>
        {persona.name}
      </Text>
      <Text size="sm" className="quiet">
        {job === undefined ? '' : `${job}, `}
        {places.map(nameOf).join(' · ')}
      </Text>
    </UnstyledButton>
  );
}

function People(props: { title: string; words: string; people: Persona[]; nameOf: NameOf }) {
  const { title, words, people, nameOf } = props;
  if (people.length === 0) return null;
  return (
    <section aria-label={title}>
      <Title order={2}>{title}</Title>
      <Text size="sm" className="quiet" mb="sm">
        {words}
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm">
        {people.map((persona) => (
          <PersonaButton key={persona.id} persona={persona} nameOf={nameOf} />
        ))}
      </SimpleGrid>
    </section>
  );
}

/** Everybody of the demo, by role; outside demo mode the organisations at which people sign in. */
export function SignInPage() {
  const network = useNetwork();
  const demo = network.data?.demo === true;
  const personas = useQuery({ queryKey: ['personas'], queryFn: fetchPersonas, enabled: demo });
  if (network.isPending || (demo && personas.isPending)) return <Waiting what="Asking the node" />;
  if (network.isError) return <Failed error={network.error} what="The node" />;
  if (!demo) {
    return (
      <Stack gap="lg">
        <PageHeading title="Sign in">
          Sign in at your organisation. The logs, their witnesses and the verifier are public and need no
          account.
        </PageHeading>
        <Stack gap="sm" maw={420}>
          {network.data.organisations.map((organisation) => (
            <Button
              key={organisation.id}
              size="md"
              onClick={() => void beginSignIn(organisation).then((to) => window.location.assign(to))}
            >
              Sign in at {organisation.name}
            </Button>
          ))}
        </Stack>
      </Stack>
    );
  }
  if (personas.isError) return <Failed error={personas.error} what="The list of people" />;
  const nameOf = namesOf(network.data);
  const everybody = personas.data ?? [];
  const patients = everybody.filter(({ role }) => role === 'patient');
  const staff = everybody.filter(({ role }) => role !== 'patient');
  return (
    <Stack gap="lg">
      <PageHeading title="Who are you?">
        Everybody here is invented. Choose a person to see the network as they do.
      </PageHeading>
      <People
        title="Patients"
        words="See their record from everywhere, who has access to it, and who looked."
        people={patients}
        nameOf={nameOf}
      />
      <People
        title="Staff"
        words="Clinicians open a record in an emergency; who answers for privacy looks into accesses and answers requests."
        people={staff}
        nameOf={nameOf}
      />
    </Stack>
  );
}
