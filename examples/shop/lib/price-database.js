'use strict';
const { setTimeout: delay } = require('node:timers/promises');

/** What a query takes there and back. */
const queryMs = 100;
/** As many as the trial licence allows. */
const connections = 1;

/** New in 1.2.0: the price database, through a pool of connections. Who finds none free waits for one. */
function createPriceDatabase() {
  const waiting = [];
  let free = connections;

  async function acquire() {
    if (free > 0) free -= 1;
    else await new Promise((resolve) => waiting.push(resolve));
  }

  function release() {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  }

  return {
    async query(_statement) {
      await acquire();
      try {
        await delay(queryMs);
        return [];
      } finally {
        release();
      }
    },
  };
}

module.exports = { createPriceDatabase };
