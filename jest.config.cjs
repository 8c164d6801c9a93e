// Packages that ship ES modules only: jest's loader cannot require them, so swc turns them into CommonJS for the tests.
const esModules = require('./scripts/es-modules.json').join('|');

const shared = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  transform: {
    '^.+\\.c?(t|j)s$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Of execa; it has an entry for `import` alone, and jest asks as `require` does.
  moduleNameMapper: { '^unicorn-magic$': '<rootDir>/node_modules/unicorn-magic/node.js' },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules})/)`, '<rootDir>/dist/'],
};

const workflow = ['<rootDir>/test/workflows/**/*.test.ts', '<rootDir>/test/replay/**/*.test.ts'];
const e2e = ['<rootDir>/test/e2e/**/*.test.ts', '<rootDir>/test/chaos/**/*.test.ts'];
const kubernetes = ['<rootDir>/test/kubernetes/**/*.test.ts'];
const browser = ['<rootDir>/test/console/web/**/*.test.ts'];
// Not as negated patterns: jest does not fill in <rootDir> behind a "!".
const othersThanUnit = ['<rootDir>/test/(workflows|replay|e2e|chaos|kubernetes|console/web)/', '/node_modules/'];

/** @type {import('jest').Config} */
module.exports = {
  testTimeout: 60_000,
  maxWorkers: 2,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: othersThanUnit,
    },
    { ...shared, displayName: 'workflow', testMatch: workflow },
    { ...shared, displayName: 'e2e', testMatch: e2e },
    { ...shared, displayName: 'browser', testMatch: browser },
    {
      ...shared,
      displayName: 'kubernetes',
      testMatch: kubernetes,
      globalSetup: '<rootDir>/test/kubernetes/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/kubernetes/support/global-teardown.ts',
    },
  ],
};
