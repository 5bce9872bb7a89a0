import { Anchor, AppShell, Box, Burger, Button, Group, NavLink, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useSessionControl } from '../session/session.ts';

const PATIENT_PAGES = [
  { to: '/patient', label: 'My record' },
  { to: '/patient/access', label: 'Who has access' },
  { to: '/patient/log', label: 'Who looked' },
] as const;
const PROOF_PAGES = [
  { to: '/compliance', label: 'Logs and witnesses' },
  { to: '/compliance/verify', label: 'Verify a receipt' },
] as const;

function Pages({ onVisit }: { onVisit: () => void }) {
  const { session, end } = useSessionControl();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const pages = session?.persona.role === 'patient' ? [...PATIENT_PAGES, ...PROOF_PAGES] : PROOF_PAGES;
  return (
    <Stack justify="space-between" h="100%">
      <Box>
        {pages.map(({ to, label }) => (
          <NavLink
            key={to}
            component={Link}
            to={to}
            label={label}
            active={pathname === to}
            aria-current={pathname === to ? 'page' : undefined}
            onClick={onVisit}
          />
        ))}
      </Box>
      {session === undefined ? (
        <Button component={Link} to="/" variant="light" onClick={onVisit}>
          Sign in
        </Button>
      ) : (
        <Box>
          <Text size="sm">Signed in as {session.persona.name}</Text>
          <Button
            fullWidth
            mt="xs"
            variant="light"
            onClick={() => {
              end();
              onVisit();
              void navigate({ to: '/' });
            }}
          >
            Sign out
          </Button>
        </Box>
      )}
    </Stack>
  );
}

/** Header, navigation and the page in the middle. On a new page the focus goes to its beginning. */
export function Frame() {
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const visited = useRef(pathname);
  useEffect(() => {
    if (visited.current === pathname) return;
    visited.current = pathname;
    main.current?.focus();
  }, [pathname]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 230, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
    >
      <AppShell.Header>
        <Group h="100%" px="md">
          <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" aria-expanded={opened} />
          <Anchor component={Link} to="/" underline="never" c="inherit" fw={700} size="lg">
            Holdfast
          </Anchor>
          <Text size="sm" visibleFrom="sm">
            health records, held by you
          </Text>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="md" aria-label="Pages">
        <Pages onVisit={close} />
      </AppShell.Navbar>
      <AppShell.Main ref={main} tabIndex={-1} style={{ outline: 'none' }}>
        <Box maw={960}>
          <Outlet />
        </Box>
      </AppShell.Main>
    </AppShell>
  );
}
