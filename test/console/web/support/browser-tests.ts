import { existsSync } from 'node:fs';
import { chromiumPath } from './browser';

/** Tests that need a browser; a machine without one skips them, and says so. */
export function browserTests(name: string, tests: () => void): void {
  if (existsSync(chromiumPath)) {
    describe(name, tests);
    return;
  }
  console.error(`skipped: this machine lacks ${chromiumPath} (sh scripts/install-debian.sh chromium)`);
  describe.skip(name, tests);
}
