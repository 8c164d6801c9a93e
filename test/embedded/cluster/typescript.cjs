// Lets plain Node run our TypeScript (`node --require this main.ts`), with the compiler that jest uses: the agent is a
// process of its own, so it cannot run inside jest's module loader.
const { transformFileSync } = require('@swc/core');
const { addHook } = require('pirates');

addHook(
  (_, file) =>
    transformFileSync(file, {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'commonjs' },
      sourceMaps: 'inline',
    }).code,
  { exts: ['.ts'] },
);
