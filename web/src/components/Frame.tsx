import { Anchor, AppShell, Box, Burger, Button, Group, NavLink, Stack, Text } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useSessionControl } from '../session/session.ts';

const PATIENT_PAGES = [
  { to: '/patient', label: 'My record' },
  { to: '/patient/access', label: 'Who has access' },
  { to: '/patient/log', label: 'Who looked' },
  { to: '/patient/disclosures', label: 'Who was given data' },
  { to: '/patient/requests', label: 'What I asked for' },
] as const;
const CARE_PAGES = [{ to: '/care/emergency', label: 'Emergency access' }] as const;
const OFFICER_PAGES = [
  { to: '/compliance/emergencies', label: 'Emergency accesses' },
  { to: '/compliance/flags', label: 'Unusual accesses' },
  { to: '/compliance/requests', label: 'Requests of patients' },
] as const;
const ACCOUNT_PAGES = [{ to: '/account', label: 'Apps and passkeys' }] as const;
const ADMINISTRATION_PAGES = [{ to: '/administration', label: 'Users, clients, keys' }] as const;
const PROOF_PAGES = [
  { to: '/compliance', label: 'Logs and witnesses' },
  { to: '/compliance/ledger', label: 'Ledger' },
  { to: '/compliance/verify', label: 'Verify a receipt' },
  { to: '/compliance/rules', label: 'Rules in force' },
] as const;

/** From here on the list of pages has room beside the page; narrower screens open it from the header. */
const WIDE = '(min-width: 48em)';

type Page =
  | (typeof PATIENT_PAGES)[number]
  | (typeof CARE_PAGES)[number]
  | (typeof OFFICER_PAGES)[number]
  | (typeof ACCOUNT_PAGES)[number]
  | (typeof ADMINISTRATION_PAGES)[number]
  | (typeof PROOF_PAGES)[number];

function PageList({ title, pages, onVisit }: { title: string; pages: readonly Page[]; onVisit: () => void }) {
  const { pathname } = useLocation();
  return (
    <>
      <Text size="xs" fw={600} className="quiet" px="sm" mb={4}>
        {title}
      </Text>
      <ul className="pages">
        {pages.map(({ to, label }) => (
          <li key={to}>
            <NavLink
              component={Link}
              to={to}
              activeOptions={{ exact: true }}
              label={label}
              active={pathname === to}
              aria-current={pathname === to ? 'page' : undefined}
              onClick={onVisit}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

function Navigation({ onVisit }: { onVisit: () => void }) {
  const { session, end } = useSessionControl();
  const navigate = useNavigate();
  const leave = () => {
    end();
    onVisit();
    // Signing out of the organisation itself is asked for there.
    if (session?.isOwnAccount) window.location.assign(`/orgs/${session.persona.organisation}/auth/sign-out`);
    else void navigate({ to: '/' });
  };
  return (
    <Stack justify="space-between" h="100%">
      <Box>
        {session?.has('patient') && <PageList title="My health" pages={PATIENT_PAGES} onVisit={onVisit} />}
        {session?.has('clinician') && <PageList title="Care" pages={CARE_PAGES} onVisit={onVisit} />}
        {session?.has('compliance') && <PageList title="Privacy" pages={OFFICER_PAGES} onVisit={onVisit} />}
        {session?.has('administrator') && (
          <PageList title="Administration" pages={ADMINISTRATION_PAGES} onVisit={onVisit} />
        )}
        {session?.isOwnAccount === true && (
          <PageList title="My account" pages={ACCOUNT_PAGES} onVisit={onVisit} />
        )}
        <PageList title="Proof" pages={PROOF_PAGES} onVisit={onVisit} />
      </Box>
      {session === undefined ? (
        <Button component={Link} to="/" variant="light" onClick={onVisit}>
          Sign in
        </Button>
      ) : (
        <Box>
          <Text size="sm" className="quiet">
            Signed in as
          </Text>
          <Text size="sm" fw={600}>
            {session.persona.name}
          </Text>
          <Button fullWidth mt="xs" variant="default" onClick={leave}>
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
  const wide = useMediaQuery(WIDE, true, { getInitialValueInEffect: false });
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const visited = useRef(pathname);
  useEffect(() => {
    if (visited.current === pathname) return;
    visited.current = pathname;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  const closed = !wide && !opened;
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 230, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
      }}
    >
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <AppShell.Header className="bar">
        <Group h="100%" px="md" gap="sm">
          <Burger
            opened={opened}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label="Menu"
            aria-expanded={opened}
          />
          <Anchor component={Link} to="/" underline="never" c="inherit" fw={700} size="lg">
            <Group gap={8}>
              <img src="/icon.svg" alt="" width={26} height={26} />
              Holdfast
            </Group>
          </Anchor>
          <Text size="sm" className="quiet" visibleFrom="sm">
            health records, held by you
          </Text>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className="bar" p="md" aria-label="Pages" data-closed={closed || undefined}>
        <Navigation onVisit={close} />
      </AppShell.Navbar>
      <AppShell.Main ref={main} id="page" tabIndex={-1} style={{ outline: 'none' }}>
        <Box maw={960} mx="auto" pb="xl">
          <Outlet />
        </Box>
      </AppShell.Main>
    </AppShell>
  );
}
