import { Stack } from '@mantine/core';
import { ClientSection } from '../components/ClientSection.tsx';
import { NetworkSection } from '../components/NetworkSection.tsx';
import { PageHeading } from '../components/PageHeading.tsx';
import { UserSection } from '../components/UserSection.tsx';

/** An administrator's page: who signs in, which apps and machines there are, and the network as the ledger has it. */
export function AdministrationPage() {
  return (
    <Stack gap="xl">
      <PageHeading title="Administration">
        Who signs in here and as what, which apps and machines may ask, and the keys with which this
        organisation stands in the network. Every change is in the audit trail.
      </PageHeading>
      <UserSection />
      <ClientSection />
      <NetworkSection />
    </Stack>
  );
}
