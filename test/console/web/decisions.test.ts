import { waitFor } from '../../support/wait-for';
import { browserTests } from './support/browser-tests';
import { paymentsSubject } from './support/fixtures/approvals';
import { canaryId } from './support/fixtures/run-canary';
import { csrfToken } from './support/fixtures/session';
import { focused, goByKeys, tabTo } from './support/keyboard';
import { usePage } from './support/use-page';

browserTests('what people decide in the console', () => {
  const harness = usePage();
  const last = () => harness.server.written.at(-1);

  it('an approval is given by the keyboard alone, with its reason and its subject', async () => {
    const { page } = await harness.open('/');
    await goByKeys(page, 'a');
    await page.getByRole('heading', { name: 'Approvals' }).waitFor();
    await tabTo(page, /^Approve payments/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('the figures are good');
    await tabTo(page, /^Approve$/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(last()).toEqual({
      method: 'POST',
      path: `/runs/${encodeURIComponent('pipeline/shop/payments/4.0.0-rc.2')}/decisions`,
      csrf: csrfToken,
      body: {
        stage: 'deploy_production',
        gate: 'manual_approval',
        verdict: 'approve',
        reason: 'the figures are good',
        subject: paymentsSubject,
      },
    });
    expect(await focused(page)).toMatch(/^Approve payments/);
  });

  it('no decision goes out without a reason', async () => {
    const { page } = await harness.open('/approvals');
    const before = harness.server.written.length;
    await page.getByRole('button', { name: /^Reject payments/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    await page.getByRole('alert').getByText('A reason is needed').waitFor();
    expect(harness.server.written).toHaveLength(before);
  });

  it('a refusal is told in the words of the API, and the dialog stays open', async () => {
    harness.server.shown.refusal = {
      error: {
        code: 'Conflict',
        message: 'what you looked at is not what is asked any more',
        remedy: 'Look at it again.',
      },
    };
    const { page } = await harness.open('/approvals');
    await page.getByRole('button', { name: /^Approve payments/ }).click();
    await page.keyboard.type('yes');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog').getByText('Look at it again.').waitFor();
    expect(await page.getByLabel('Reason').inputValue()).toBe('yes');
  });

  it('who may not decide is told why, and has no button', async () => {
    harness.server.shown.role = 'viewer';
    const { page } = await harness.open('/approvals');
    await page.getByText('this needs the role approver').waitFor();
    await page.getByText('you are the author of this release').waitFor();
    expect(await page.getByRole('button', { name: /^(Approve|Reject)/ }).count()).toBe(0);
  });

  it('Tab stays in a dialog, Escape leaves it', async () => {
    const { page } = await harness.open('/approvals');
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await dialog.waitFor();
    for (let press = 0; press < 6; press += 1) {
      await page.keyboard.press('Tab');
      // The browser's own bars are part of the round; no other part of the page is.
      expect(await page.evaluate(() => document.activeElement?.closest('dialog, body')?.tagName)).toMatch(
        /DIALOG|BODY/,
      );
      expect(await page.evaluate(() => document.activeElement?.closest('main, nav') ?? null)).toBeNull();
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it.each([
    ['Pause', 'pause', { reason: 'because' }],
    ['Skip stage', 'skip', { reason: 'because', stage: 'announce' }],
    ['Roll back', 'rollback', { reason: 'because' }],
    ['Abort', 'abort', { reason: 'because' }],
  ])('"%s" of a run is sent with its reason', async (button, verb, body) => {
    const { page } = await harness.open(`/runs/${canaryId}`);
    // Only a stage that has not started, and has no gate, may be skipped.
    expect(await page.getByRole('button', { name: 'Skip stage' }).count()).toBe(0);
    await page.getByRole('button', { name: /^announce/ }).click();
    await page.getByRole('button', { name: button }).click();
    await page.keyboard.type('because');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(last()).toMatchObject({ path: `/runs/${encodeURIComponent(canaryId)}/${verb}`, body });
  });

  it('an environment is frozen and unfrozen', async () => {
    const { page } = await harness.open('/');
    await page.getByRole('button', { name: 'Freeze development' }).click();
    await page.getByLabel('until lifted').check();
    await page.getByLabel('Reason').fill('a demonstration');
    await page.getByRole('dialog').getByRole('button', { name: 'Freeze' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(last()).toMatchObject({
      path: '/environments/shop/development/freeze',
      body: { id: 'console', until: null, reason: 'a demonstration' },
    });
    await page.getByRole('button', { name: 'Unfreeze production' }).click();
    await page.keyboard.type('the count is closed');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(last()).toMatchObject({
      path: '/environments/logistics/production/unfreeze',
      body: { reason: 'the count is closed' },
    });
  });

  it('what has drifted is shown field by field, and healed with a reason', async () => {
    const { page } = await harness.open('/');
    await page.getByRole('button', { name: 'Heal staging' }).click();
    const dialog = page.getByRole('dialog', { name: 'Heal staging' });
    await dialog.getByText('spec.replicas is 1, not 3; by kubectl-edit').waitFor();
    await dialog.getByText('(not ours to take away)').waitFor();
    await page.keyboard.type('scaled by mistake');
    await page.keyboard.press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    expect(last()).toMatchObject({
      path: '/environments/logistics/staging/drift',
      csrf: csrfToken,
      body: { heal: true, reason: 'scaled by mistake' },
    });
    // Where nothing has drifted there is nothing to heal.
    expect(await page.getByRole('button', { name: /^Heal/ }).count()).toBe(1);
  });

  it('who may not heal is told why', async () => {
    harness.server.shown.role = 'viewer';
    const { page } = await harness.open('/');
    const heal = page.getByRole('button', { name: 'Heal staging' });
    expect(await heal.isDisabled()).toBe(true);
    expect(await heal.getAttribute('title')).toContain('this needs the role operator');
  });

  it('an alert is acknowledged, alerts are silenced, a silence is ended', async () => {
    const { page } = await harness.open('/alerts');
    await page.getByRole('button', { name: 'Acknowledge error_budget_burn' }).click();
    await page.keyboard.type('I look');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(last()?.path).toMatch(/^\/alerts\/[0-9a-f]{16}\/acknowledge$/);

    await page.getByRole('button', { name: 'Silence error_budget_burn' }).click();
    await page.getByLabel('slo=availability').uncheck();
    await page.getByLabel('Reason').fill('known');
    await page.getByRole('dialog').getByRole('button', { name: 'Silence' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(last()).toMatchObject({
      path: '/silences',
      body: { matchers: { namespace: 'shop', environment: 'production', app: 'catalogue' }, reason: 'known' },
    });

    await page.getByRole('button', { name: /^End it: the silence/ }).click();
    await waitFor('the silence to be ended', () => last()?.method === 'DELETE');
    expect(last()?.path).toBe('/silences/silence-1');
  });
});
