import { waitFor } from '../../support/wait-for';
import { browserTests } from './support/browser-tests';
import { secretOf, tokens } from './support/fixtures/tokens';
import { focused, goByKeys, tabTo } from './support/keyboard';
import { usePage } from './support/use-page';

const dayMs = 86_400_000;

browserTests('tokens of services', () => {
  const harness = usePage();
  const last = () => harness.server.written.at(-1);

  it('are made by the keyboard alone, with a role and an end; the secret is shown once, and copied', async () => {
    const { page, context, complaints } = await harness.open('/');
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await goByKeys(page, 't');
    await page.getByRole('heading', { name: 'Tokens', level: 1 }).waitFor();
    await tabTo(page, /^New token$/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'New token' }).waitFor();
    await page.keyboard.type('deploy-bot');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');

    const dialog = page.getByRole('dialog', { name: 'The token deploy-bot' });
    await dialog.waitFor();
    expect(last()).toMatchObject({ method: 'POST', path: '/tokens', body: { name: 'deploy-bot', role: 'operator' } });
    const { expiresAt } = last()!.body as { expiresAt: string };
    expect((Date.parse(expiresAt) - Date.now()) / dayMs).toBeCloseTo(30, 2);

    expect(await page.getByLabel('Token', { exact: true }).inputValue()).toBe(secretOf('deploy-bot'));
    expect(await focused(page)).toBe('Copy');
    await page.keyboard.press('Enter');
    await page.getByText('It is in the clipboard.').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secretOf('deploy-bot'));

    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.getByText('f0t_').count()).toBe(0);
    expect(await focused(page)).toBe('New token');
    expect(complaints).toEqual([]);
  });

  it('leave the secret selected where the clipboard is kept from the page', async () => {
    const { page } = await harness.open('/tokens');
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('no'));
    });
    await page.getByRole('button', { name: 'New token' }).click();
    await page.keyboard.type('ci');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('press Ctrl C').waitFor();
    expect(await page.evaluate(() => getSelection()?.toString())).toBe(secretOf('ci'));
  });

  it('have a name that the audit trail can call them by, and refusals are told', async () => {
    const { page } = await harness.open('/tokens');
    const before = harness.server.written.length;
    await page.getByRole('button', { name: 'New token' }).click();
    await page.keyboard.type('my bot');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('A name was expected').waitFor();
    expect(harness.server.written).toHaveLength(before);

    const error = { code: 'Unavailable', message: 'the database is away', remedy: 'Try again in a moment.' };
    harness.server.shown.refusal = { error };
    await page.getByLabel('Name of the service').fill('bot');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Try again in a moment.').waitFor();
  });

  it('are revoked when that was meant', async () => {
    const { page } = await harness.open('/tokens');
    const before = harness.server.written.length;
    const [ci] = tokens.tokens;
    await page.getByRole('button', { name: /^Revoke ci/ }).click();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(harness.server.written).toHaveLength(before);

    await page.getByRole('button', { name: /^Revoke ci/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await waitFor('the token to be revoked', () => last()?.method === 'DELETE');
    expect(last()?.path).toBe(`/tokens/${ci?.id}`);
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('say when they end soon, or have ended', async () => {
    const { page } = await harness.open('/tokens');
    const item = (name: string) => page.getByRole('listitem').filter({ hasText: `token/${name}` });
    await item('alertmanager').getByText('ends').waitFor();
    await item('load-test').getByText('ended').waitFor();
    await item('wallboard').getByText('until it is revoked').waitFor();
  });

  it('are for administrators alone', async () => {
    harness.server.shown.role = 'approver';
    const { page, complaints } = await harness.open('/tokens');
    await page.getByText('this needs the role admin').waitFor();
    expect(await page.getByRole('link', { name: 'Tokens' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'New token' }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
