import { createRootRoute, createRoute, createRouter, Navigate } from '@tanstack/react-router';
import { Frame } from './components/Frame.tsx';
import { SignedIn } from './components/SignedIn.tsx';
import { AccessLogPage } from './pages/AccessLogPage.tsx';
import { AccessPage } from './pages/AccessPage.tsx';
import { AccountPage } from './pages/AccountPage.tsx';
import { AdministrationPage } from './pages/AdministrationPage.tsx';
import { DisclosuresPage } from './pages/DisclosuresPage.tsx';
import { EmergenciesPage } from './pages/EmergenciesPage.tsx';
import { EmergencyAccessPage } from './pages/EmergencyAccessPage.tsx';
import { FlagsPage } from './pages/FlagsPage.tsx';
import { LedgerPage } from './pages/LedgerPage.tsx';
import { LogsPage } from './pages/LogsPage.tsx';
import { OwnRequestsPage } from './pages/OwnRequestsPage.tsx';
import { PolicyPage } from './pages/PolicyPage.tsx';
import { RecordPage } from './pages/RecordPage.tsx';
import { RequestsPage } from './pages/RequestsPage.tsx';
import { SignedInPage } from './pages/SignedInPage.tsx';
import { SignInPage } from './pages/SignInPage.tsx';
import { VerifyPage } from './pages/VerifyPage.tsx';
import type { View } from './session/session.ts';

const root = createRootRoute({ component: Frame, notFoundComponent: () => <Navigate to="/" /> });
const only = (as: View | 'anybody', Page: () => React.ReactNode) => () => (
  <SignedIn as={as}>
    <Page />
  </SignedIn>
);

const routes = [
  createRoute({ getParentRoute: () => root, path: '/', component: SignInPage }),
  createRoute({ getParentRoute: () => root, path: '/patient', component: only('patient', RecordPage) }),
  createRoute({
    getParentRoute: () => root,
    path: '/patient/access',
    component: only('patient', AccessPage),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/patient/log',
    component: only('patient', AccessLogPage),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/patient/requests',
    component: only('patient', OwnRequestsPage),
  }),
  createRoute({ getParentRoute: () => root, path: '/signed-in', component: SignedInPage }),
  createRoute({ getParentRoute: () => root, path: '/account', component: only('anybody', AccountPage) }),
  createRoute({
    getParentRoute: () => root,
    path: '/administration',
    component: only('administrator', AdministrationPage),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/care/emergency',
    component: only('clinician', EmergencyAccessPage),
  }),
  createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignInPage }),
  createRoute({
    getParentRoute: () => root,
    path: '/patient/disclosures',
    component: only('patient', DisclosuresPage),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/compliance/flags',
    component: only('compliance', FlagsPage),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/compliance/emergencies',
    component: only('compliance', EmergenciesPage),
  }),
  createRoute({ getParentRoute: () => root, path: '/compliance/rules', component: PolicyPage }),
  createRoute({
    getParentRoute: () => root,
    path: '/compliance/requests',
    component: only('compliance', RequestsPage),
  }),
  createRoute({ getParentRoute: () => root, path: '/compliance', component: LogsPage }),
  createRoute({ getParentRoute: () => root, path: '/compliance/ledger', component: LedgerPage }),
  createRoute({ getParentRoute: () => root, path: '/compliance/verify', component: VerifyPage }),
];

/** The portal's pages. Logs and the verifier are public: proof must not need an account. */
export function createPortalRouter() {
  return createRouter({ routeTree: root.addChildren(routes) });
}
