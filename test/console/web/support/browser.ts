import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

export const chromiumPath = '/usr/bin/chromium';

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });

export const sizes = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

export interface OpenOptions {
  readonly size?: keyof typeof sizes;
  readonly colorScheme?: 'light' | 'dark';
}

export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained about: errors, refused scripts and styles, exceptions. */
  readonly complaints: readonly string[];
}

export async function openPage(browser: Browser, url: string, options: OpenOptions = {}): Promise<Opened> {
  const context = await browser.newContext({
    viewport: sizes[options.size ?? 'desk'],
    colorScheme: options.colorScheme ?? 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  await settled(page);
  return { page, context, complaints };
}

/** Nothing is loading any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor({ state: 'attached' });
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
}
