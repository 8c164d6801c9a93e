'use strict';
const { findBySku } = require('./catalogue');

/** New in 1.1.0: who buys more pays less. */
const discountTiers = [
  { upTo: 3, percent: 0 },
  { upTo: 8, percent: 5 },
];

/** What a cart costs. Articles that are not in the catalogue are left out. */
function priceCart(items, { bulkDiscount }) {
  const articles = items.map(({ sku }) => findBySku(sku)).filter((product) => product !== undefined);
  const cents = articles.reduce((sum, product) => sum + product.cents, 0);
  return { articles: articles.length, cents: bulkDiscount ? discounted(cents, articles.length) : cents };
}

function discounted(cents, articles) {
  const tier = discountTiers.find(({ upTo }) => articles <= upTo);
  return Math.round(cents * (1 - tier.percent / 100));
}

module.exports = { priceCart };
