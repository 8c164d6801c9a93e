// Packages that ship ES modules only: jest's loader cannot require them, so swc turns them into CommonJS for the tests.
const esModules = require('./scripts/es-modules.json').join('|');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.(t|j)s$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules})/)`, '/dist/'],
  testTimeout: 60_000,
  maxWorkers: 2,
};
