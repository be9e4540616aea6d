// Ann at a desk and Bob with a phone use the chat; the arguments are its program and a folder for screenshots.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { check as checkPage, launch, start } from './page.mjs';
import { Network } from './proxy.mjs';

const [program, folder] = process.argv.slice(2);
const check = (tab, name, controls) => checkPage(tab, folder, name, controls);

let server = await start(program);
const network = { ann: new Network(server.port), bob: new Network(server.port) };
const site = {};
for (const who of ['ann', 'bob']) site[who] = `http://127.0.0.1:${await network[who].start()}/`;
const browser = await launch();
const problems = [];

async function user(options) {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  context.setDefaultTimeout(15_000);
  context.on('weberror', error => problems.push(String(error.error())));
  return context.newPage();
}

async function join(tab, page, name, room = 'lobby') {
  await tab.goto(page);
  await tab.getByLabel('Your name').fill(name);
  await tab.getByLabel('Room').fill(room);
  await tab.getByRole('button', { name: 'Join' }).click();
}

async function say(tab, text) {
  await tab.getByLabel('Message', { exact: true }).fill(text);
  await tab.keyboard.press('Enter');
}

async function reads(tab, text, where = '#log') {
  const found = ([where, text]) => document.querySelector(where).innerText.includes(text);
  await tab.waitForFunction(found, [where, text]).catch(async () => {
    assert.fail(`no ${JSON.stringify(text)} in ${JSON.stringify(await tab.innerText(where))}`);
  });
}

const texts = tab => tab.locator('.line:not(.waiting) .text').allInnerTexts();

// Returns the lines that all tabs show, once no line waits for the server.
async function agreed(...tabs) {
  for (const tab of tabs) await tab.waitForFunction(() => !document.querySelector('.waiting'));
  const [first, ...others] = await Promise.all(tabs.map(texts));
  for (const other of others) assert.deepEqual(other, first);
  return first;
}

const people = tab => tab.locator('#people li').allInnerTexts();

try {
  const ann = await user({ viewport: { width: 1280, height: 800 } });
  const bob = await user({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  // The server refuses names, and the page shows its reason.
  const door = ['#who', '#room', '#join button'];
  await join(ann, site.ann, '   ');
  await reads(ann, 'A name needs a letter or a digit', '#problem');
  assert.equal(await ann.evaluate(() => document.activeElement.id), 'who');
  await check(ann, 'chat-refused-desk', door);
  await join(ann, site.ann, ' ann ');
  await reads(ann, 'Nobody has said anything here yet');
  await check(ann, 'chat-empty-desk', ['#text', '#say button', '#leave']);
  await join(bob, site.bob, 'Ann');
  await reads(bob, 'This name is taken in the room', '#problem');
  await check(bob, 'chat-refused-phone', door);
  await join(bob, site.bob, 'bob');
  await reads(ann, 'bob joined');
  assert.deepEqual([await people(ann), await people(bob)], [['ann (you)', 'bob'], ['ann', 'bob (you)']]);

  // Both talk. Texts are texts, own lines stand apart, and others see who types.
  await say(ann, 'hi bob, <b>are you there</b>? <img src=x onerror=alert(1)>');
  await reads(bob, '<b>are you there</b>?');
  assert.equal(await bob.locator('#log b:not(.by b), #log img').count(), 0);
  assert.equal(await ann.locator('.line.mine').count(), 1);
  assert.equal(await bob.locator('.line.mine').count(), 0);
  await bob.getByLabel('Message', { exact: true }).pressSequentially('yes');
  await reads(ann, 'bob is typing', '#typing');
  await say(bob, 'yes — grüße aus Köln 👋');
  await reads(ann, 'grüße aus Köln');
  assert.equal(await ann.innerText('#typing'), '');
  for (const line of ['The plan for today:', '1. the release notes\n2. lunch', `A long word: ${'x'.repeat(120)}`]) await say(ann, line);
  await say(bob, 'Good. The log should also say when the last build ran, and whether anything in it failed.');
  await reads(ann, 'Good. The log');
  await reads(bob, 'Good. The log');
  await agreed(ann, bob);

  // Bob is cut off, and misses nothing.
  network.bob.isDown = true;
  network.bob.cut();
  await reads(bob, 'Trying again', '#state-text');
  await reads(ann, 'bob left');
  for (const number of [1, 2, 3]) await say(ann, `while bob is away: ${number}`);
  await say(bob, 'written without a connection');
  await reads(bob, 'not sent yet');
  await check(bob, 'chat-away-phone', ['#text', '#say button', '#leave', '#retry']);
  network.bob.isDown = false;
  await reads(ann, 'written without a connection');
  await bob.waitForFunction(() => !document.querySelector('.waiting') && !document.getElementById('state-text').innerText);
  const said = await agreed(ann, bob);
  assert.deepEqual(said.slice(-4), [1, 2, 3].map(number => `while bob is away: ${number}`).concat('written without a connection'));

  // A connection that is dead without an end: the page notices, and takes its own name over.
  network.ann.stall();
  await say(bob, 'ann does not hear this');
  await say(ann, 'said into a dead connection');
  await reads(bob, 'said into a dead connection');
  await reads(ann, 'ann does not hear this');
  await ann.waitForFunction(() => !document.querySelector('.waiting'));
  network.ann.cut('stalled');
  await say(ann, 'here again');
  await reads(bob, 'here again');
  await reads(ann, 'here again');
  const lines = await agreed(ann, bob);
  assert.equal(new Set(lines).size, lines.length, 'nothing is there twice');
  await check(ann, 'chat-room-desk', ['#text', '#say button', '#leave']);
  await check(bob, 'chat-room-phone', ['#text', '#say button', '#leave']);

  // A page that is loaded again is back, with the history.
  await bob.reload();
  await reads(bob, 'here again');
  await agreed(ann, bob);

  // A server in memory that restarts has lost what it kept, and pages say so.
  server.kill();
  await once(server, 'exit');
  server = await start(program);
  for (const one of Object.values(network)) one.target = server.port;
  await reads(ann, 'Some messages are missing here');
  await reads(bob, 'Some messages are missing here');
  await say(ann, 'after the restart');
  await reads(bob, 'after the restart');

  // By keyboard alone, from the room to the door and back.
  await ann.getByRole('button', { name: 'Leave' }).focus();
  await ann.keyboard.press('Enter');
  await reads(bob, 'ann left');
  await ann.keyboard.press('ControlOrMeta+a');
  await ann.keyboard.type('ann the second');
  await ann.keyboard.press('Enter');
  await reads(bob, 'ann the second joined');
  await ann.keyboard.type('by keyboard');
  await ann.keyboard.press('Enter');
  await reads(bob, 'by keyboard');
  assert.deepEqual(problems, []);
  console.log('two users chatted; one was cut off, came back and missed nothing');
} finally {
  await browser.close();
  for (const one of Object.values(network)) one.stop();
  server.kill();
}
