import type { Page } from 'playwright-core';

// As text: it runs in the page, whose types tests of whole systems do not have.
const nameOfFocus = `document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? ''`;

/** The name of what has the focus. */
export const focused = (page: Page): Promise<string> => page.evaluate<string>(nameOfFocus);

/** To the page of this letter. Both keys at once: the page waits a second for the letter, however busy a machine is. */
export async function goByKeys(page: Page, letter: string): Promise<void> {
  await Promise.all([page.keyboard.press('g'), page.keyboard.press(letter)]);
}

/** As somebody without a mouse goes: by Tab, until the focus is on that button, once it is there. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('button', { name }).first().waitFor();
  for (let press = 0; press < 60; press += 1) {
    if (name.test(await focused(page))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`60 presses of Tab do not reach ${name}: the focus is on "${await focused(page)}"`);
}
