import type { Browser } from 'playwright-core';
import { type Opened, type OpenOptions, openPage, startBrowser } from './browser';
import { type FixtureOptions, type FixtureServer, startFixtureServer } from './fixture-server';

export interface Harness {
  readonly server: FixtureServer;
  open(path: string, options?: OpenOptions): Promise<Opened>;
}

/** A server and a browser for the tests of a file; each page is closed after its test. */
export function usePage(options: FixtureOptions = {}): Harness {
  let browser: Browser;
  let server: FixtureServer;
  const opened: Opened[] = [];
  beforeAll(async () => {
    server = await startFixtureServer(options);
    browser = await startBrowser();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ context }) => context.close()));
    server.shown.role = 'admin';
    server.shown.refusal = null;
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  return {
    get server() {
      return server;
    },
    open: async (path, openOptions) => {
      const page = await openPage(browser, server.url + path, openOptions);
      opened.push(page);
      return page;
    },
  };
}
