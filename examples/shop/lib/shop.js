'use strict';
const { createServer } = require('node:http');
const { priceCart } = require('./cart');
const { findProducts } = require('./catalogue');
const { createMetrics } = require('./metrics');
const { listPage, startPage } = require('./pages');
const { createPriceDatabase } = require('./price-database');

const maxBodyBytes = 64 * 1024;

/**
 * The shop as an HTTP server.
 * `changes` names what this release has over 1.0.0: `bulk-discount`, `live-prices`.
 */
function createShop({ version, changes }) {
  const metrics = createMetrics();
  const database = changes.includes('live-prices') ? createPriceDatabase() : null;
  const bulkDiscount = changes.includes('bulk-discount');

  const routes = {
    'GET /': async () => html(startPage(version)),
    'GET /products': async () => html(listPage('Products', await priced(findProducts('')))),
    'GET /search': async ({ url }) => {
      const query = url.searchParams.get('q') ?? '';
      return html(listPage(`Results for ${query}`, await priced(findProducts(query))));
    },
    'POST /checkout': async ({ request }) => {
      const cart = await readJson(request);
      const items = Array.isArray(cart?.items) ? cart.items : null;
      if (items === null || items.length === 0) return json(400, { error: 'a cart needs items' });
      await priced([]);
      return json(200, { order: priceCart(items, { bulkDiscount }) });
    },
  };

  /** Prices as the catalogue has them or, with live prices, as the database has them at this moment. */
  async function priced(products) {
    if (database === null) return products;
    await database.query('select sku, cents from price');
    await database.query('select sku, pieces from stock');
    return products;
  }

  return createServer(async (request, response) => {
    const url = new URL(request.url, 'http://shop');
    if (url.pathname === '/healthz') return send(response, json(200, { status: 'ok', version }));
    if (url.pathname === '/metrics')
      return send(response, { status: 200, type: 'text/plain; version=0.0.4', text: metrics.text() });

    const startedAt = process.hrtime.bigint();
    const answer = await handle(routes[`${request.method} ${url.pathname}`], { request, url });
    send(response, answer);
    metrics.observe(answer.status, Number(process.hrtime.bigint() - startedAt) / 1e9);
  });
}

async function handle(route, context) {
  if (route === undefined) return json(404, { error: 'not found' });
  try {
    return await route(context);
  } catch (error) {
    if (error instanceof BadRequest) return json(400, { error: error.message });
    console.error(error);
    return json(500, { error: 'the shop has a fault' });
  }
}

class BadRequest extends Error {}

async function readJson(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new BadRequest('the cart is too large');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new BadRequest('the cart is not JSON');
  }
}

function html(text) {
  return { status: 200, type: 'text/html; charset=utf-8', text };
}

function json(status, value) {
  return { status, type: 'application/json', text: JSON.stringify(value) };
}

function send(response, { status, type, text }) {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(text);
}

module.exports = { createShop };
