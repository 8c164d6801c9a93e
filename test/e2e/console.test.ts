import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { ApprovalInbox, Session } from '../../src/console/api';
import type { AlertBook } from '../../src/contracts/alerts';
import { type Opened, openPage, startBrowser } from '../console/web/support/browser';
import { browserTests } from '../console/web/support/browser-tests';
import { goByKeys, tabTo } from '../console/web/support/keyboard';
import { until } from '../support/wait-for';
import { TestSystem } from './test-system';
import { TinyApp, tinyPipeline } from './tiny-app';

interface Console {
  readonly url: string;
  /** Good for one sign-in. */
  readonly signIn: string;
}

const reason = 'the figures of staging are good';
const password = 'a long password of vera';

/** What the address is, by the letter behind `g`, and the title of its page. */
const pages = { e: 'Estate', l: 'Alerts', x: 'Executive', n: 'Plan' } as const;

browserTests('the console of a running system', () => {
  let system: TestSystem;
  let app: TinyApp;
  let document: string;
  let browser: Browser;
  const opened: Opened[] = [];

  beforeAll(async () => {
    system = new TestSystem();
    app = new TinyApp(join(system.home, 'app'));
    const environment = { approval_required: true };
    document = tinyPipeline(join(system.home, 'pipeline.yaml'), 'shop', { environment });
    await system.up();
    browser = await startBrowser();
  }, 120_000);
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ context }) => context.close()));
  });
  afterAll(async () => {
    await browser?.close();
    await system.dispose();
  }, 120_000);

  /** As `f0 up` tells it, with a new link each time. */
  const console_ = async (): Promise<Console> => (await system.json<{ console: Console }>(['up'])).console;
  const release = (name: string) => system.run(document, name, '--app', app.source);
  const open = async (url: string): Promise<Opened> => {
    const one = await openPage(browser, url);
    opened.push(one);
    return one;
  };

  it('shows a release all the way, and takes its approval by the keyboard, without loading anew', async () => {
    const { page, complaints } = await open((await console_()).signIn);
    await page.evaluate(`window.isTheSame = true`);
    await goTo(page, 'p', 'Pipelines');
    await page.getByText('No release yet').waitFor();

    app.hold('unit_tests');
    const run = await release('1.0.0');
    await openRun(page);
    await page.getByRole('button', { name: /^check.*running/ }).waitFor();
    app.letGo('unit_tests');
    await phase(page, 'awaits approval');

    app.hold('health-1.0.0');
    await goTo(page, 'a', 'Approvals');
    await tabTo(page, /^Approve tiny 1\.0\.0 to live/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type(reason);
    await tabTo(page, /^Approve$/);
    await page.keyboard.press('Enter');
    await page.getByText('Nothing waits for you').waitFor();

    await goTo(page, 'p', 'Pipelines');
    await openRun(page);
    await phase(page, 'running');
    const decision = page.getByRole('region', { name: 'Timeline' }).getByRole('listitem').filter({ hasText: reason });
    await decision.filter({ hasText: userInfo().username }).first().waitFor();
    app.letGo('health-1.0.0');
    await phase(page, 'succeeded');

    await goTo(page, 'u', 'Audit');
    const entry = page.getByRole('row').filter({ hasText: 'approval.decided' });
    expect(await entry.textContent()).toContain(reason);
    expect(await entry.getByRole('link').textContent()).toBe(run);
    await tabTo(page, /^Verify the chain/);
    await page.keyboard.press('Enter');
    await page.getByText('The chain holds.').waitFor();
    await page.keyboard.press('Escape');
    // Keys are a dialog's own while it is there.
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    for (const [key, title] of Object.entries(pages)) await goTo(page, key, title);
    expect(await page.evaluate(`window.isTheSame`)).toBe(true);
    expect(complaints).toEqual([]);
    expect(await system.status(run)).toMatchObject({ phase: 'succeeded' });
  }, 120_000);

  it('lets a viewer see what is asked, and decide nothing', async () => {
    const added = system.start(['user', 'add', 'vera', '--role', 'viewer'], {}, password);
    expect(await added.ended).toMatchObject({ code: 0 });
    const run = await release('2.0.0');
    const { url } = await console_();
    const { page, context, complaints } = await open(url);
    await page.getByLabel('Name').fill('vera');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Estate', level: 1 }).waitFor();
    await goTo(page, 'a', 'Approvals');
    await page.getByRole('heading', { name: 'tiny 2.0.0 to live' }).waitFor();
    await page.getByText('to decide needs the role approver').waitFor();
    expect(await page.getByRole('button', { name: /^(Approve|Reject)/ }).count()).toBe(0);

    const ask = async <T>(path: string): Promise<T> => (await context.request.get(`${url}/api/v1${path}`)).json();
    const { csrfToken } = await ask<Session>('/session');
    const { approvals } = await ask<ApprovalInbox>('/approvals');
    const { stage = '', gate = '', subject = '' } = approvals[0]?.asked ?? {};
    const answer = await context.request.post(`${url}/api/v1/runs/${encodeURIComponent(run)}/decisions`, {
      headers: { 'x-csrf-token': csrfToken },
      data: { stage, gate, subject, verdict: 'approve', reason },
    });
    expect(answer.status()).toBe(403);
    expect(await answer.json()).toMatchObject({ error: { message: 'vera is viewer; this needs the role approver' } });
    expect(await system.status(run)).toMatchObject({ phase: 'awaiting_approval', awaiting: [{ approvedBy: [] }] });
    expect(complaints).toEqual([]);
  }, 120_000);

  it('shows a release that failed as an alert, as `f0 alerts` does, with no platform written', async () => {
    const run = await release('3.0.0');
    await until(
      () => system.status(run),
      ({ phase }) => phase === 'awaiting_approval',
    );
    const { page, complaints } = await open((await console_()).signIn);
    await goTo(page, 'l', 'Alerts');
    await page.getByText('Nothing fires').waitFor();
    const why = ['--as', 'bob', '--reason', 'not today'];
    expect(await system.f0('reject', run, ...why)).toMatchObject({ code: 0 });

    await page.getByRole('heading', { name: 'ReleaseFailed' }).waitFor();
    await page.getByText('tiny 3.0.0: failed').waitFor();
    const { alerts } = await system.json<AlertBook>(['alerts', '--state', 'firing']);
    expect(alerts).toMatchObject([
      { name: 'ReleaseFailed', workflowId: run, labels: { app: 'tiny', release: '3.0.0' } },
    ]);
    expect(complaints).toEqual([]);
  }, 120_000);

  it('runs nothing that is not its own, and the browser would have told', async () => {
    const { page, complaints } = await open((await console_()).url);
    await page.evaluate(
      `document.head.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = true' }))`,
    );
    await until(
      () => complaints.join(),
      (text) => text.includes('Content Security Policy'),
    );
    expect(await page.evaluate(`window.ran ?? false`)).toBe(false);
  }, 60_000);
});

async function goTo(page: Page, key: string, title: string): Promise<void> {
  await goByKeys(page, key);
  await page.getByRole('heading', { name: title, level: 1 }).waitFor();
}

/** The first of the list, as soon as it is there and at work. */
async function openRun(page: Page): Promise<void> {
  await page.getByRole('link', { name: /tiny.*1\.0\.0.*running/ }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'tiny 1.0.0', level: 1 }).waitFor();
}

/** Of the run whose page is open. */
async function phase(page: Page, word: string): Promise<void> {
  await page.locator('.run-title').getByText(word, { exact: true }).waitFor();
}
