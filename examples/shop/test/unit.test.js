'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const { priceCart } = require('../lib/cart');
const { findProducts } = require('../lib/catalogue');
const { createMetrics } = require('../lib/metrics');

const { changes } = require('../release.json');
const bulkDiscount = changes.includes('bulk-discount');
const cart = (count) => Array.from({ length: count }, () => ({ sku: 'spoon' }));

test('a cart costs what its articles cost', () => {
  assert.deepEqual(priceCart([{ sku: 'mug' }, { sku: 'spoon' }], { bulkDiscount }), { articles: 2, cents: 1640 });
});

test('articles that do not exist cost nothing', () => {
  assert.deepEqual(priceCart([{ sku: 'gold bar' }], { bulkDiscount }), { articles: 0, cents: 0 });
});

test('who buys more pays less, where there is a discount', { skip: !bulkDiscount }, () => {
  assert.equal(priceCart(cart(3), { bulkDiscount }).cents, 1170);
  assert.equal(priceCart(cart(5), { bulkDiscount }).cents, Math.round(1950 * 0.95));
});

test('search finds in any case', () => {
  assert.deepEqual(
    findProducts('TEA, ').map(({ sku }) => sku),
    ['green-tea', 'black-tea'],
  );
});

test('metrics are cumulative histograms', () => {
  const metrics = createMetrics();
  metrics.observe(200, 0.02);
  metrics.observe(500, 1.2);
  const text = metrics.text();
  assert.match(text, /http_requests_total\{status="500"\} 1/);
  assert.match(text, /bucket\{le="0\.01"\} 0/);
  assert.match(text, /bucket\{le="0\.025"\} 1/);
  assert.match(text, /bucket\{le="1\.5"\} 2/);
  assert.match(text, /bucket\{le="\+Inf"\} 2/);
});
