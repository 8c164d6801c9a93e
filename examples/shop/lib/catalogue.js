'use strict';

const products = [
  { sku: 'mug', name: 'Mug', cents: 1250 },
  { sku: 'teapot', name: 'Teapot', cents: 4900 },
  { sku: 'kettle', name: 'Kettle', cents: 3890 },
  { sku: 'spoon', name: 'Tea spoon', cents: 390 },
  { sku: 'green-tea', name: 'Green tea, 100 g', cents: 890 },
  { sku: 'black-tea', name: 'Black tea, 100 g', cents: 790 },
  { sku: 'tray', name: 'Tray', cents: 2400 },
  { sku: 'strainer', name: 'Strainer', cents: 650 },
];

/** Products whose name has `query` in it, in any case; all for an empty one. */
function findProducts(query) {
  const wanted = query.trim().toLowerCase();
  return products.filter(({ name }) => name.toLowerCase().includes(wanted));
}

function findBySku(sku) {
  return products.find((product) => product.sku === sku);
}

module.exports = { findBySku, findProducts };
