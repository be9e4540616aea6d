// A page with EventSource, fetch and WebSocket on one port; the arguments are the program of the server,
// and a port that is free.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chromium } from 'playwright-core';

const [program, port] = process.argv.slice(2);
const page = `http://127.0.0.1:${port}/`;
const foreign = `http://localhost:${port}`;

async function start() {
  const server = spawn(program, [`127.0.0.1:${port}`, foreign], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = await once(server.stdout, 'data');
  assert.match(String(text), /listening/);
  return server;
}

async function stop(server) {
  const begun = performance.now();
  server.kill('SIGTERM');
  await once(server, 'exit');
  return performance.now() - begun;
}

let server = await start();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

try {
  const tab = await browser.newPage();
  await tab.goto(page);

  // One path: a page for fetch, a stream for EventSource, a socket for WebSocket.
  const seen = await tab.evaluate(async () => {
    const text = await (await fetch('/rooms/blue')).text();
    const event = await new Promise(resolve => {
      const source = new EventSource('/rooms/blue');
      source.onmessage = event => { source.close(); resolve(event.data); };
    });
    const message = await new Promise(resolve => {
      const socket = new WebSocket('/rooms/blue');
      socket.onopen = () => socket.send('echo');
      socket.onmessage = event => { socket.close(1000); resolve(event.data); };
    });
    return [text, event, message];
  });
  assert.deepEqual(seen, ['the page of blue', 'hello', 'echo']);

  // Compressed both ways, with the contexts that both sides allow, and not on the route without it.
  for (const [path, agreed] of [
    ['/alone', 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'],
    ['/kept', 'permessage-deflate'],
    ['/rooms/blue', ''],
  ]) {
    const extensions = await tab.evaluate(async path => {
      const socket = new WebSocket(path);
      await new Promise(resolve => { socket.onopen = resolve; });
      for (let number = 0; number < 50; number++) {
        const sent = `message ${number}: the same words again, grüße — 🦀. `.repeat(number * 20);
        const back = new Promise(resolve => { socket.onmessage = event => resolve(event.data); });
        socket.send(sent);
        if (await back !== sent) throw new Error(`message ${number} changed`);
      }
      socket.close(1000);
      return socket.extensions;
    }, path);
    assert.equal(extensions, agreed);
  }

  // Named events of two lines; the browser resumes with `Last-Event-ID`, and 204 stops it.
  const numbers = await tab.evaluate(() => new Promise(resolve => {
    const events = [];
    const source = new EventSource('/numbers');
    source.addEventListener('number', event => events.push([event.lastEventId, event.data]));
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) resolve(events);
    };
  }));
  assert.deepEqual(numbers, [1, 2, 3, 4].map(number => [String(number), `line ${number}\nof two`]));

  // A page in the place of a stream fails for good.
  const failed = await tab.evaluate(() => new Promise(resolve => {
    const source = new EventSource('/');
    source.onerror = () => resolve(source.readyState);
  }));
  assert.equal(failed, 2);

  // A live stream ends with the server, and resumes at the next event once it is there again.
  await tab.evaluate(() => {
    window.ticks = [];
    window.source = new EventSource('/ticks');
    window.source.onmessage = event => window.ticks.push(Number(event.data));
  });
  await tab.waitForFunction(() => window.ticks.length > 5);
  const took = await stop(server);
  assert(took < 2000, `the server stopped after ${took} ms`);
  const before = await tab.evaluate(() => window.ticks.length);
  server = await start();
  await tab.waitForFunction(before => window.ticks.length > before + 5, before, { timeout: 20_000 });
  const ticks = await tab.evaluate(() => { window.source.close(); return window.ticks; });
  assert.deepEqual(ticks, ticks.map((_, index) => index), 'no event is lost or repeated');

  // Another origin may read a stream if `Cors` allows it.
  const other = await browser.newPage();
  await other.goto(`${foreign}/`);
  const read = url => other.evaluate(url => new Promise(resolve => {
    const source = new EventSource(url);
    source.onmessage = event => { source.close(); resolve(event.data); };
    source.onerror = () => { source.close(); resolve('refused'); };
  }), url);
  assert.equal(await read(`${page}shared`), 'hello');
  assert.equal(await read(`${page}own`), 'refused');
  console.log(`a page read streams; the server ended under one in ${Math.round(took)} ms`);
} finally {
  await browser.close();
  if (server.exitCode === null) await stop(server);
}
