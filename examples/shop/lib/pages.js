'use strict';

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}

function page(title, body) {
  return `<!doctype html><html lang="en"><head><title>${escapeHtml(title)}</title></head><body>${body}</body></html>`;
}

function startPage(version) {
  return page('The shop', `<h1>The shop</h1><p>Version ${escapeHtml(version)}</p><a href="/products">Products</a>`);
}

function listPage(title, products) {
  const rows = products.map(({ name, cents }) => `<li>${escapeHtml(name)}: ${(cents / 100).toFixed(2)}</li>`);
  return page(title, `<h1>${escapeHtml(title)}</h1><ul>${rows.join('')}</ul>`);
}

module.exports = { escapeHtml, listPage, startPage };
