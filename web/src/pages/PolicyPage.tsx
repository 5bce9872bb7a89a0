import { Badge, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { fetchPolicy, type PolicyRule } from '../api/policy.ts';
import { useNetwork } from '../components/organisation-name.ts';
import { PageHeading } from '../components/PageHeading.tsx';
import { Failed, Waiting } from '../components/Status.tsx';

const LAYERS: Record<string, string> = {
  law: 'What the law says',
  organisation: 'What the organisation adds',
  patient: 'What patients say',
};

interface RulesProps {
  rules: readonly PolicyRule[];
  name: string;
  /** What it means that there are no rules. */
  none?: string;
}

function Rules({ rules, name, none = 'Nothing: what no patient permits is refused.' }: RulesProps) {
  if (rules.length === 0)
    return (
      <Text size="sm" className="quiet">
        {none}
      </Text>
    );
  return (
    <ul className="rows" aria-label={name}>
      {rules.map(({ words, source }) => (
        <li key={`${words}${source}`}>
          <div className="what">
            <Text size="sm">{words}</Text>
            <Text size="sm" className="quiet">
              {source}
            </Text>
          </div>
        </li>
      ))}
    </ul>
  );
}

function OrganisationPolicy({ id, name }: { id: string; name: string }) {
  const policy = useQuery({ queryKey: ['policy', id], queryFn: () => fetchPolicy(id) });
  if (policy.isPending) return <Waiting what={`Reading the rules of ${name}`} />;
  if (policy.isError) return <Failed error={policy.error} what={`The rules of ${name}`} />;
  return (
    <section aria-label={name}>
      <Group gap="sm">
        <Title order={2}>{name}</Title>
        <Badge variant="light" tt="none">
          {policy.data.profile}
        </Badge>
      </Group>
      {policy.data.layers.map(({ layer, title, version, rules }) => (
        <Stack key={layer} gap={4} mt="md">
          <Title order={3}>{LAYERS[layer] ?? layer}</Title>
          <Text size="sm" className="quiet">
            {title}, version {version}
          </Text>
          <Rules rules={rules} name={`${LAYERS[layer] ?? layer}, ${name}`} />
        </Stack>
      ))}
      <Stack gap={4} mt="md">
        <Title order={3}>In an emergency</Title>
        <Rules rules={policy.data.emergency} name={`In an emergency, ${name}`} />
      </Stack>
      <Stack gap={4} mt="md">
        <Title order={3}>What is taken for sensitive</Title>
        <Text size="sm" className="quiet">
          Version {policy.data.labelling.version}
        </Text>
        <Rules
          rules={policy.data.labelling.rules}
          name={`What is taken for sensitive, ${name}`}
          none="Only what is labelled so."
        />
      </Stack>
    </section>
  );
}

/** The rules by which organisations decide who sees what, each with where it comes from. Public, as a notice of privacy practices is. */
export function PolicyPage() {
  const network = useNetwork();
  if (network.isPending) return <Waiting what="Looking for the organisations" />;
  if (network.isError) return <Failed error={network.error} what="The organisations" />;
  return (
    <Stack>
      <PageHeading title="Rules in force">
        Who may see a record is decided by three layers: the law, the organisation that holds it, and the
        patient. A patient’s no wins over the organisation’s yes.
      </PageHeading>
      {network.data.organisations.map(({ id, name }) => (
        <OrganisationPolicy key={id} id={id} name={name} />
      ))}
    </Stack>
  );
}
