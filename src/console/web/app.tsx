import { Route, Switch } from 'wouter';
import { useLiveEvents } from './api/live';
import { useSession } from './api/queries';
import { AlertsPage } from './pages/alerts/alerts-page';
import { ApprovalsPage } from './pages/approvals/approvals-page';
import { AuditPage } from './pages/audit/audit-page';
import { EstatePage } from './pages/estate/estate-page';
import { ExecutivePage } from './pages/executive/executive-page';
import { PipelinesPage } from './pages/pipelines/pipelines-page';
import { PlanPage } from './pages/plan/plan-page';
import { RunPage } from './pages/run/run-page';
import { SignInPage } from './pages/sign-in/sign-in-page';
import { TokensPage } from './pages/tokens/tokens-page';
import { Empty, Failure, Skeleton } from './parts/states';
import { Layout } from './shell/layout';
import { SessionContext } from './shell/session';

export function App() {
  const session = useSession();
  const user = session.data?.user ?? null;
  useLiveEvents(user !== null);
  if (session.isError && session.data === undefined) {
    return (
      <main className="alone">
        <Failure error={session.error} retry={() => void session.refetch()} />
      </main>
    );
  }
  if (session.data === undefined) {
    return (
      <main className="alone">
        <Skeleton rows={3} />
      </main>
    );
  }
  if (user === null) return <SignInPage session={session.data} />;
  return (
    <SessionContext value={session.data}>
      <Layout>
        <Switch>
          <Route path="/" component={EstatePage} />
          <Route path="/pipelines" component={PipelinesPage} />
          <Route path="/runs/*" component={RunPage} />
          <Route path="/approvals" component={ApprovalsPage} />
          <Route path="/alerts" component={AlertsPage} />
          <Route path="/executive" component={ExecutivePage} />
          <Route path="/audit" component={AuditPage} />
          <Route path="/plan" component={PlanPage} />
          <Route path="/tokens" component={TokensPage} />
          <Route>
            <h1 className="sr-only">Nothing here</h1>
            <Empty icon="search" title="There is no such page">
              The address may be of an older version. The pages are in the navigation.
            </Empty>
          </Route>
        </Switch>
      </Layout>
    </SessionContext>
  );
}
