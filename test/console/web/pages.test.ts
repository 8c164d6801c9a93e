import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { browserTests } from './support/browser-tests';
import { faultyDocument } from './support/fixtures/plan';
import { pagesUnderTest } from './support/pages';
import { usePage } from './support/use-page';

/** As WCAG 2.2 AA has it, as far as a program can tell. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const result = await page.evaluate(
    (tags) => (window as unknown as { axe: typeof axe }).axe.run(document, { runOnly: tags }),
    rules,
  );
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  );
}

/** How far the page is wider than its window. */
const tooWide = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

browserTests('the pages', () => {
  const harness = usePage();

  describe.each(pagesUnderTest)('$name', ({ path, shows }) => {
    it.each(['light', 'dark'] as const)(
      'is shown in %s without a complaint of the browser or of axe',
      async (colorScheme) => {
        const { page, complaints } = await harness.open(path, { colorScheme });
        await page.getByText(shows).first().waitFor();
        expect(await violations(page)).toEqual([]);
        expect(complaints).toEqual([]);
      },
    );

    it('fits a phone, and is accessible there', async () => {
      const { page } = await harness.open(path, { size: 'phone' });
      await page.getByText(shows).first().waitFor();
      expect(await tooWide(page)).toBe(0);
      expect(await violations(page)).toEqual([]);
    });
  });

  it('shows a document its faults at their lines', async () => {
    const { page } = await harness.open('/plan');
    const document = page.getByRole('textbox', { name: 'Document' });
    await document.fill(faultyDocument);
    await page.getByText('there is no environment "prodution"').click();
    expect(await page.locator('.editor-gutter .fault').allTextContents()).toEqual(['✕ 15', '✕ 16']);
    const selected = await document.evaluate((field: HTMLTextAreaElement) =>
      field.value.slice(field.selectionStart, field.selectionEnd),
    );
    expect(selected).toBe('prodution');
    expect(await violations(page)).toEqual([]);
  });

  it('asks who is not signed in to sign in, and says what was wrong', async () => {
    harness.server.shown.role = null;
    const { page, complaints } = await harness.open('/approvals');
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    const error = { code: 'PermissionDenied', message: 'name or password is wrong', remedy: 'f0 users reset ines' };
    harness.server.shown.refusal = { error };
    await page.getByLabel('Name').fill('ines');
    await page.getByLabel('Password').fill('not it');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').getByText('f0 users reset ines').waitFor();
    expect(harness.server.written.at(-1)).toMatchObject({
      path: '/session',
      body: { name: 'ines', password: 'not it' },
    });
  });

  it.each([
    ['/approvals', /^Reject payments/],
    ['/alerts', /^Silence error_budget_burn/],
    ['/', /^Freeze staging/],
    ['/', /^Heal staging/],
    ['/audit', 'Verify the chain'],
    ['/tokens', 'New token'],
    ['/tokens', /^Revoke ci/],
    ['/', 'Keyboard shortcuts'],
  ])('on %s opens a dialog by "%s" that axe finds nothing in', async (path, button) => {
    const { page } = await harness.open(path, { colorScheme: 'dark' });
    await page.getByRole('button', { name: button }).first().click();
    await page.getByRole('dialog').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('teaches the command that brings something where there is nothing yet', async () => {
    const { server } = harness;
    const before = { ...server.shown };
    server.shown.runs = { runs: [] };
    server.shown.estate = { environments: [] };
    server.shown.approvals = { approvals: [] };
    server.shown.alerts = { alerts: [], silences: [] };
    server.shown.tokens = { tokens: [] };
    try {
      for (const [path, command] of [
        ['/', 'f0 run'],
        ['/pipelines', 'f0 run'],
        ['/approvals', 'f0 approve'],
        ['/alerts', 'f0 alerts'],
        ['/tokens', 'f0 token create'],
      ] as const) {
        const { page } = await harness.open(path);
        await page.locator('.empty code').getByText(command).waitFor();
        expect(await violations(page)).toEqual([]);
      }
    } finally {
      Object.assign(server.shown, before);
    }
  });

  it('says what to do when there is no such run', async () => {
    const { page } = await harness.open('/');
    await page.evaluate(() => history.pushState(null, '', '/runs/pipeline/shop/none/1'));
    await page.getByText('f0 list shows the runs there are.').waitFor();
  });

  it('keeps to the theme that was chosen', async () => {
    const { page } = await harness.open('/');
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    expect(await theme()).toBe('light');
    await page.getByRole('button', { name: 'Theme: system' }).click();
    await page.getByRole('button', { name: 'Theme: light' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
    expect(await theme()).toBe('dark');
  });

  it('prints the figures for executives without what is for the screen', async () => {
    const { page } = await harness.open('/executive');
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('navigation').isVisible()).toBe(false);
    expect(await page.getByRole('heading', { name: 'Deployment frequency' }).isVisible()).toBe(true);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });
});
