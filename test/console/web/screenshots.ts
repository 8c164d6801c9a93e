// npm run screenshots: pictures of every page, light, dark and on a phone, into docs/images/console. A pattern as its
// argument takes those whose name matches.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type OpenOptions, openPage, startBrowser } from './support/browser';
import { type FixtureServer, startFixtureServer } from './support/fixture-server';
import { faultyDocument } from './support/fixtures/plan';
import { type PageUnderTest, pagesUnderTest } from './support/pages';

const root = resolve(__dirname, '../../..');
const folder = join(root, 'docs', 'images', 'console');

const kinds: readonly (OpenOptions & { readonly suffix: string })[] = [
  { suffix: '', size: 'desk', colorScheme: 'light' },
  { suffix: '-dark', size: 'desk', colorScheme: 'dark' },
  { suffix: '-phone', size: 'phone', colorScheme: 'light' },
];

interface Picture extends PageUnderTest {
  /** What somebody does there first. */
  readonly first?: (page: Page) => Promise<void>;
  /** Only what is in the window: the page is longer than anybody wants to see, or a dialog stands before it. */
  readonly isCut?: boolean;
}

const press = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).click();
const paste = async (page: Page): Promise<void> => {
  await page.getByRole('textbox').fill(faultyDocument);
  await page.getByText('things to mend').waitFor();
};
const makeToken = async (page: Page): Promise<void> => {
  await press('New token')(page);
  await page.keyboard.type('deploy-bot');
};
const keepSecret = async (page: Page): Promise<void> => {
  await makeToken(page);
  await page.keyboard.press('Enter');
  await page.getByText('It is shown this once.').waitFor();
};

/** Beside the pages as they are opened. */
const more: readonly Picture[] = [
  { name: 'sign-in', path: '/', shows: 'Sign in' },
  { name: 'heal', path: '/', shows: 'What runs where', first: press('Heal staging'), isCut: true },
  { name: 'token-new', path: '/tokens', shows: 'release-bot', first: makeToken, isCut: true },
  { name: 'token-secret', path: '/tokens', shows: 'release-bot', first: keepSecret, isCut: true },
];
const special: Readonly<Record<string, Omit<Picture, keyof PageUnderTest>>> = {
  pipelines: { isCut: true },
  audit: { isCut: true },
  plan: { first: paste },
};
const pictures: readonly Picture[] = [...pagesUnderTest.map((page) => ({ ...page, ...special[page.name] })), ...more];

async function takeAll(browser: Browser, server: FixtureServer, pattern: RegExp): Promise<void> {
  for (const picture of pictures) {
    server.shown.role = picture.name === 'sign-in' ? null : 'admin';
    for (const { suffix, ...options } of kinds) {
      const file = join(folder, `${picture.name}${suffix}.png`);
      if (pattern.test(file)) await take(browser, server.url, picture, options, file);
    }
  }
}

async function take(browser: Browser, url: string, picture: Picture, options: OpenOptions, path: string) {
  const { page, context } = await openPage(browser, url + picture.path, options);
  await page.getByText(picture.shows).first().waitFor();
  await picture.first?.(page);
  await page.screenshot({ path, fullPage: options.size !== 'phone' && !picture.isCut });
  await context.close();
}

async function main(): Promise<void> {
  // The fonts that the page prefers: pictures look the same on every machine.
  const packages = ['chromium', 'fonts-inter', 'fonts-jetbrains-mono'];
  spawnSync('sh', [join(root, 'scripts', 'install-debian.sh'), ...packages], { stdio: 'inherit' });
  const browser = await startBrowser();
  const server = await startFixtureServer({ runs: 400 });
  mkdirSync(folder, { recursive: true });
  try {
    await takeAll(browser, server, new RegExp(process.argv[2] ?? '.'));
  } finally {
    await browser.close();
    await server.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
