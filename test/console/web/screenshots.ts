// npm run screenshots: pictures of every page, light, dark and on a phone, into docs/images/console. A pattern as its
// argument takes those whose name matches.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
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

async function takeAll(browser: Browser, server: FixtureServer, pattern: RegExp): Promise<void> {
  const signIn: PageUnderTest = { name: 'sign-in', path: '/', shows: 'Sign in' };
  for (const shown of [...pagesUnderTest, signIn]) {
    server.shown.role = shown === signIn ? null : 'admin';
    for (const { suffix, ...options } of kinds) {
      const file = join(folder, `${shown.name}${suffix}.png`);
      if (pattern.test(file)) await take(browser, server.url, shown, options, file);
    }
  }
}

async function take(browser: Browser, url: string, shown: PageUnderTest, options: OpenOptions, path: string) {
  const { page, context } = await openPage(browser, url + shown.path, options);
  if (shown.name === 'plan') {
    await page.getByRole('textbox').fill(faultyDocument);
    await page.getByText('things to mend').waitFor();
  } else await page.getByText(shown.shows).first().waitFor();
  await page.screenshot({
    path,
    fullPage: options.size === 'phone' ? false : !['pipelines', 'audit'].includes(shown.name),
  });
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
