import { Badge, Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { fetchNetwork, fetchPersonas, type Network, type Persona } from '../api/network.ts';
import { Failed, Waiting } from '../components/Status.tsx';
import { useSessionControl } from '../session/session.ts';

const ROLES: Record<string, string> = {
  patient: 'Patients',
  clinician: 'Clinicians',
  compliance: 'Compliance',
  payer: 'Payers',
  researcher: 'Researchers',
};

const nameOf = (network: Network | undefined, id: string): string => network?.organisations.find((each) => each.id === id)?.name ?? id;

function PersonaCard({ persona, network }: { persona: Persona; network: Network | undefined }) {
  const { begin } = useSessionControl();
  const navigate = useNavigate();
  const places = persona.records?.map(({ organisation }) => organisation) ?? [persona.organisation];
  return (
    <Card withBorder>
      <Stack justify="space-between" h="100%" gap="sm">
        <div>
          <Text fw={600}>{persona.name}</Text>
          <Group gap={6} mt={6}>
            {places.map((place) => (
              <Badge key={place} variant="light" tt="none">
                {nameOf(network, place)}
              </Badge>
            ))}
          </Group>
        </div>
        <Button
          variant="light"
          aria-label={`Sign in as ${persona.name}`}
          onClick={() => {
            begin(persona);
            void navigate({ to: persona.role === 'patient' ? '/patient' : '/compliance' });
          }}
        >
          Sign in
        </Button>
      </Stack>
    </Card>
  );
}

/** Everybody of the demo, by role; outside demo mode only machine clients sign in, and the page says so. */
export function SignInPage() {
  const network = useQuery({ queryKey: ['network'], queryFn: fetchNetwork });
  const demo = network.data?.demo === true;
  const personas = useQuery({ queryKey: ['personas'], queryFn: fetchPersonas, enabled: demo });
  if (network.isPending || (demo && personas.isPending)) return <Waiting what="Asking the node" />;
  if (network.isError) return <Failed error={network.error} what="The node" />;
  if (!demo) {
    return (
      <Stack>
        <Title order={1}>Sign in</Title>
        <Text>This node is not in demo mode: machine clients get tokens from each organisation's token endpoint.</Text>
        <Text>Logs, witnesses and the receipt verifier are public and need no account.</Text>
      </Stack>
    );
  }
  if (personas.isError) return <Failed error={personas.error} what="Personas" />;
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>Who are you?</Title>
        <Text mt="xs">Everybody here is invented. Choose a person to see the network as they do.</Text>
      </div>
      {Object.entries(ROLES).map(([role, label]) => {
        const people = (personas.data ?? []).filter((persona) => persona.role === role);
        return people.length === 0 ? null : (
          <section key={role} aria-label={label}>
            <Title order={2} size="h4" mb="sm">
              {label}
            </Title>
            <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
              {people.map((persona) => (
                <PersonaCard key={persona.id} persona={persona} network={network.data} />
              ))}
            </SimpleGrid>
          </section>
        );
      })}
    </Stack>
  );
}
