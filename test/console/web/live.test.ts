import { waitFor } from '../../support/wait-for';
import { openPage, startBrowser } from './support/browser';
import { browserTests } from './support/browser-tests';
import { startFixtureServer } from './support/fixture-server';
import { canary, canaryId } from './support/fixtures/run-canary';
import { usePage } from './support/use-page';

const paused = { ...canary, status: { ...canary.status, phase: 'paused' as const, reason: 'paused by tomasz' } };

browserTests('a page that is open', () => {
  const harness = usePage();

  it('shows what has changed as soon as it is told', async () => {
    const { server } = harness;
    const { page } = await harness.open(`/runs/${canaryId}`);
    await waitFor('the page to listen', () => server.listeners() > 0);
    expect(await page.getByText('paused by tomasz').count()).toBe(0);
    server.shown.runDetails.set(canaryId, paused);
    server.emit({ type: 'run', id: canaryId });
    await page.getByText('paused by tomasz').waitFor();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
  });

  it('has what changed between its first look and the first word from the server', async () => {
    const { server } = harness;
    const { page } = await harness.open('/');
    let letListen = () => {};
    const mayListen = new Promise<void>((resolve) => {
      letListen = resolve;
    });
    await page.route('**/api/v1/events', (route) => mayListen.then(() => route.continue()));
    await page.reload();
    await page.getByRole('link', { name: 'Approvals 2 waiting' }).waitFor();
    const { approvals } = server.shown;
    server.shown.approvals = { approvals: approvals.approvals.slice(0, 1) };
    letListen();
    await page.getByRole('link', { name: 'Approvals 1 waiting' }).waitFor();
    server.shown.approvals = approvals;
  });

  it('counts what waits, in the navigation too', async () => {
    const { server } = harness;
    const { page } = await harness.open('/');
    await page.getByRole('link', { name: 'Approvals 2 waiting' }).waitFor();
    // By its own word: the page of the test before may still be counted.
    await page.locator('.connection.live').waitFor();
    server.shown.approvals = { approvals: server.shown.approvals.approvals.slice(0, 1) };
    server.emit({ type: 'approvals' });
    await page.getByRole('link', { name: 'Approvals 1 waiting' }).waitFor();
  });
});

browserTests('a page whose server goes away', () => {
  it('says that the connection is lost, and is up to date when the server is back', async () => {
    const first = await startFixtureServer();
    const browser = await startBrowser();
    try {
      const { page } = await openPage(browser, `${first.url}/approvals`);
      await waitFor('the page to listen', () => first.listeners() > 0);
      await first.close();
      await page.getByText('The connection is lost.').waitFor();

      const second = await startFixtureServer({ port: Number(new URL(first.url).port) });
      second.shown.approvals = { approvals: [] };
      try {
        await page.getByText('Nothing waits for you').waitFor();
        await page.getByText('The connection is lost.').waitFor({ state: 'detached' });
      } finally {
        await second.close();
      }
    } finally {
      await browser.close();
    }
  });
});
