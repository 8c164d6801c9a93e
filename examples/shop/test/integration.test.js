'use strict';
const assert = require('node:assert/strict');
const { once } = require('node:events');
const { after, before, test } = require('node:test');
const { createShop } = require('../lib/shop');
const release = require('../release.json');

const server = createShop(release);
let url;

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${server.address().port}`;
});

after(() => {
  server.close();
  server.closeAllConnections();
});

test('pages answer', async () => {
  for (const path of ['/', '/products', '/search?q=tea', '/healthz']) {
    assert.equal((await fetch(url + path)).status, 200, path);
  }
  assert.equal((await fetch(`${url}/nowhere`)).status, 404);
});

test('a cart is checked out', async () => {
  const answer = await fetch(`${url}/checkout`, { method: 'POST', body: JSON.stringify({ items: [{ sku: 'mug' }] }) });
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), { order: { articles: 1, cents: 1250 } });
});

test('what is no cart is refused', async () => {
  for (const body of ['', '{', '[]', '{"items": []}']) {
    assert.equal((await fetch(`${url}/checkout`, { method: 'POST', body })).status, 400, body);
  }
});

test('requests are counted', async () => {
  const text = await (await fetch(`${url}/metrics`)).text();
  assert.match(text, /http_requests_total\{status="200"\} \d/);
  assert.match(text, /http_requests_total\{status="400"\} 4/);
});
