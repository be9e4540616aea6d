// Ann and Bob chat over two processes with one Redis. Bob's process is killed: his tab reaches the other one, and
// misses nothing. The arguments are the program of the chat and that of the Redis server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { chromium } from 'playwright-core';
import { Network } from './proxy.mjs';

const [program, redis] = process.argv.slice(2);
const folder = mkdtempSync(path(tmpdir(), 'http4k-ws-nodes-'));
const children = [];

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function startRedis() {
  const port = await freePort();
  const server = spawn(redis, ['--port', port, '--bind', '127.0.0.1', '--save', '', '--dir', folder],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(server);
  for await (const chunk of server.stdout) if (String(chunk).includes('Ready to accept')) break;
  return `redis://127.0.0.1:${port}/`;
}

async function startNode(url) {
  const node = spawn(program, ['127.0.0.1:0', '--redis', url], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(node);
  const [line] = await once(node.stdout, 'data');
  node.port = Number(/talk at .*:(\d+)/.exec(line)[1]);
  return node;
}

async function join(browser, port, name) {
  const context = await browser.newContext({ locale: 'en-GB' });
  context.setDefaultTimeout(20_000);
  const tab = await context.newPage();
  await tab.goto(`http://127.0.0.1:${port}/`);
  await tab.getByLabel('Your name').fill(name);
  await tab.getByRole('button', { name: 'Join' }).click();
  await tab.getByLabel('Message', { exact: true }).waitFor();
  return tab;
}

async function say(tab, text) {
  await tab.getByLabel('Message', { exact: true }).fill(text);
  await tab.keyboard.press('Enter');
}

const messages = tab => tab.getByRole('log', { name: 'Messages' });
const reads = (tab, text) => messages(tab).getByText(text, { exact: true }).waitFor();

let browser;
try {
  const url = await startRedis();
  const [first, second] = [await startNode(url), await startNode(url)];
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  // The load balancer of Bob.
  const balancer = new Network(second.port);
  const port = await balancer.start();
  const ann = await join(browser, first.port, 'ann');
  const bob = await join(browser, port, 'bob');
  await say(ann, 'hi over there');
  await reads(bob, 'hi over there');
  await say(bob, 'hi from the other process');
  await reads(ann, 'hi from the other process');

  process.kill(second.pid, 'SIGKILL');
  await once(second, 'exit');
  await say(ann, 'said while bob is away, 1');
  await say(ann, 'said while bob is away, 2');
  await reads(ann, 'said while bob is away, 2');
  balancer.target = first.port;
  await reads(bob, 'said while bob is away, 2');
  await say(bob, 'back again');
  await reads(ann, 'back again');
  await reads(bob, 'back again');
  const said = ['hi over there', 'hi from the other process', 'said while bob is away, 1',
    'said while bob is away, 2', 'back again'];
  for (const tab of [ann, bob]) {
    const text = await messages(tab).innerText();
    const lines = text.split('\n').map(line => line.trim()).filter(line => said.includes(line));
    assert.deepEqual(lines, said, 'everything once, and in order');
  }
  assert.doesNotMatch(await messages(bob).innerText(), /missed|lost/i);
  balancer.stop();
  console.log('two processes are one chat, and a tab outlives its process');
} finally {
  await browser?.close();
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
