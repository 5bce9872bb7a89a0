import { Stack } from '@mantine/core';
import { AppSection } from '../components/AppSection.tsx';
import { LaunchSection } from '../components/LaunchSection.tsx';
import { PageHeading } from '../components/PageHeading.tsx';
import { PasskeySection } from '../components/PasskeySection.tsx';

/** Somebody's own account: the apps that act for them, and how they sign in. */
export function AccountPage() {
  return (
    <Stack gap="xl">
      <PageHeading title="Apps and passkeys">What acts for you, and how you sign in.</PageHeading>
      <LaunchSection />
      <AppSection />
      <PasskeySection />
    </Stack>
  );
}
