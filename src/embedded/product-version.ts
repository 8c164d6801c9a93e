import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Read at run time: the manifest is outside the compiled tree. */
export function productVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
  const found =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return typeof found === 'string' ? found : 'unknown';
}
