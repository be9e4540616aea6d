// The generated client in Chromium. Arguments: the address of the served application, and the compiled client.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [base, client] = process.argv.slice(2);
const module = `data:text/javascript;base64,${readFileSync(client).toString('base64')}`;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const tab = await browser.newPage();
  tab.setDefaultTimeout(20_000);
  await tab.goto(`${base}/files/page`);
  const seen = await tab.evaluate(async module => {
    const { open, request, listen } = await import(module);
    const room = open('', '/rooms/{room}/{name}', { room: 'r/1 ü', name: 'ann' });
    room.send({ text: 'before open' });
    room.send({ text: 'close' });
    const events = [];
    for await (const event of room) events.push(event);
    const { code } = await room.closed;

    const user = await request('', 'GET /users/{id}', { params: { id: 7 } });
    const problem = await request('', 'GET /search', { query: { page: 'x' } }).catch(cause => cause);

    const ticks = [];
    const stream = listen('', '/ticks/{from}', { from: 5 });
    for await (const { data, name } of stream) {
      ticks.push(`${name} ${data.text}`);
      if (ticks.length === 3) stream.close();
    }
    const abort = new AbortController();
    const heard = [];
    await new Promise(resolve => {
      const counted = listen('', '/count/{from}', { from: 1 }, { signal: abort.signal });
      counted.on('event', ({ id, data }) => { heard.push([id, data]); if (heard.length === 3) resolve(); });
    });
    abort.abort();
    // A route without a stream ends the iteration with an error.
    let refused = '';
    try {
      for await (const event of listen('', '/nowhere', {})) refused += event.name;
    } catch (cause) {
      refused = cause.message;
    }
    return { events, code, user, problem: [problem.name, problem.status], ticks, heard, refused };
  }, module);
  assert.deepEqual(seen.events.map(event => event.event), ['joined', 'said', 'closing']);
  assert.equal(seen.events[0].room, 'r/1 ü');
  assert.equal(seen.code, 1000);
  assert.equal(seen.user.body.name, 'ann');
  assert.deepEqual(seen.problem, ['ProblemError', 400]);
  assert.deepEqual(seen.ticks, ['message 5', 'message 6', 'message 7']);
  assert.deepEqual(seen.heard.map(([id]) => id), ['1', '2', '3']);
  assert.match(seen.refused, /does not stream/);
  console.log('the generated client read a socket, responses and streams in Chromium');
} finally {
  await browser.close();
}
