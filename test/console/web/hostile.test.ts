import { browserTests } from './support/browser-tests';
import { attack } from './support/hostile';
import { pagesUnderTest } from './support/pages';
import { usePage } from './support/use-page';

browserTests('markup in names, reasons and labels', () => {
  const harness = usePage({ hostile: true });

  it.each(pagesUnderTest.filter(({ name }) => name !== 'plan'))('stays text on the page $name', async ({ path }) => {
    const { page, complaints } = await harness.open(path);
    for (const details of await page.locator('details').all())
      await details.evaluate((box) => box.setAttribute('open', ''));
    await page.locator('main').getByText(attack).filter({ visible: true }).first().waitFor();
    expect(await page.locator('main img, main script, main [onerror]').count()).toBe(0);
    expect(await page.evaluate(() => 'attacked' in window)).toBe(false);
    expect(complaints).toEqual([]);
  });

  it.each(pagesUnderTest)('does not make $name wider than a phone', async ({ path }) => {
    const { page } = await harness.open(path, { size: 'phone' });
    const excess = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(excess).toBe(0);
  });
});
