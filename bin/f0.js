#!/usr/bin/env node
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const main = join(__dirname, '..', 'dist', 'cli', 'main.js');
if (!existsSync(main)) {
  process.stderr.write('f0: this copy is not built yet: run `npm ci` (or `npm run build`) in its folder first\n');
  process.exit(1);
}
require(main);
