'use strict';
// The shop's process: `PORT=8080 node server.js`. Ends on SIGTERM when the running requests are answered.
const { createShop } = require('./lib/shop');
const release = require('./release.json');

const port = Number(process.env.PORT ?? 8080);
const server = createShop({ version: process.env.F0_RELEASE ?? release.version, changes: release.changes });

server.listen(port, '127.0.0.1', () => console.log(`shop ${release.version} listens at http://127.0.0.1:${port}`));
process.once('SIGTERM', () => server.close(() => process.exit(0)));
