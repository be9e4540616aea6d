// Ann at a desk and Bob with a phone use the chat at the given address; the last argument is a folder for screenshots.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const [site, folder] = process.argv.slice(2);
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const problems = [];

/** A browser of one user, without the cookies of the others. */
async function user(options) {
  const context = await browser.newContext({ bypassCSP: false, ...options });
  context.setDefaultTimeout(10_000);
  context.on('weberror', error => problems.push(String(error.error())));
  const tab = await context.newPage();
  tab.on('console', line => {
    // A refused login is a 401, which the browser reports as an error.
    if (line.type() === 'error' && !line.text().includes('401')) problems.push(line.text());
  });
  return tab;
}

async function logIn(tab, name, password = 'open sesame') {
  await tab.getByLabel('Name').fill(name);
  await tab.getByLabel('Password').fill(password);
  await tab.getByRole('button', { name: 'Log in' }).click();
}

async function say(tab, text) {
  await tab.fill('#text', text);
  await tab.press('#text', 'Enter');
}

async function reads(tab, text, where = '#log') {
  const found = ([where, text]) => document.querySelector(where).innerText.includes(text);
  await tab.waitForFunction(found, [where, text]);
}

const texts = tab => tab.locator('#log .text').allInnerTexts();

/** Nothing is wider than the page, the controls are in view, and no rule of accessibility is broken. */
async function check(tab, name, controls) {
  for (const colorScheme of ['light', 'dark']) {
    await tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const wide = await tab.evaluate(() => {
      const page = document.scrollingElement;
      const boxes = [...document.querySelectorAll('body *')].filter(one => one.checkVisibility() &&
        !one.closest('.hidden-label, .skip, .row .name') && one.getBoundingClientRect().right > innerWidth + 1);
      return page.scrollWidth > innerWidth ? ['the page'] : boxes.map(one => one.outerHTML.slice(0, 80));
    });
    assert.deepEqual(wide, [], `${name}: wider than the page`);
    for (const control of controls) {
      const box = await tab.locator(control).boundingBox();
      const { width, height } = tab.viewportSize();
      assert.ok(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height,
        `${name}: ${control} is out of view: ${JSON.stringify(box)}`);
      assert.ok(box.height >= 40, `${name}: ${control} is ${box.height} px high`);
    }
    await tab.screenshot({ path: `${folder}/${name}-${colorScheme}.png` });
    // In a world of its own, so that the policy of the page does not forbid it.
    const session = await tab.context().newCDPSession(tab);
    const { frameTree } = await session.send('Page.getFrameTree');
    const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld',
      { frameId: frameTree.frame.id });
    const run = expression => session.send('Runtime.evaluate', { expression, contextId, awaitPromise: true,
      returnByValue: true });
    const source = (await import('node:fs')).readFileSync(axe, 'utf8');
    await run(source);
    const { result } = await run(`axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>
      id + ': ' + nodes.map(({ html, any }) => html + ' ' + any.map(({ message }) => message)).join('; ')))`);
    assert.deepEqual(result.value, [], `${name} in ${colorScheme}: accessibility`);
    await session.detach();
  }
}

try {
  const desk = { viewport: { width: 1280, height: 800 } };
  const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
  const ann = await user(desk);
  const bob = await user(phone);

  // Without a session, the page is the login.
  for (const tab of [ann, bob]) {
    await tab.goto(site);
    assert.equal(new URL(tab.url()).pathname, '/login');
  }
  const login = ['#name', '#password', 'button'];
  await check(ann, 'login-desk', login);
  await check(bob, 'login-phone', login);
  await logIn(ann, 'ann', 'wrong');
  await reads(ann, 'Wrong name or password', '[role=alert]');
  await check(ann, 'refused-desk', login);
  await logIn(ann, 'ann');
  await reads(ann, 'ann', '#people-list');
  await logIn(bob, 'bob');
  await reads(ann, 'bob joined');
  await reads(ann, 'bob', '#people-list');

  // Texts are texts, in both directions.
  await say(ann, 'Hi Bob, <b>are you there</b>? <img src=x onerror=alert(1)>');
  await reads(bob, 'Hi Bob, <b>are you there</b>?');
  assert.equal(await bob.locator('#log b, #log img').count(), 0);
  await say(bob, 'Yes — grüße aus Köln 👋');
  await reads(ann, 'grüße aus Köln');
  await say(ann, 'Here is the plan for today:');
  await ann.fill('#text', '');
  await ann.focus('#text');
  for (const line of ['1. the release notes', '2. lunch']) {
    await ann.keyboard.type(line);
    await ann.keyboard.press('Shift+Enter');
  }
  await ann.keyboard.press('Enter');
  await say(ann, 'x'.repeat(200));
  await say(bob, 'That is a long word. The log should say when the last build ran, and whether anything failed.');
  await reads(ann, 'That is a long word');
  await reads(bob, 'That is a long word');
  assert.deepEqual(await texts(ann), await texts(bob));
  const composer = ['#text', '#send'];
  await check(ann, 'room-desk', [...composer, '#room-name', '#log-out button', '#room-list a']);
  await check(bob, 'room-phone', [...composer, '#show-rooms', '#show-people']);

  // The panels of the phone, by touch and by keyboard.
  await bob.tap('#show-rooms');
  await check(bob, 'rooms-phone', ['#rooms .close', '#room-name', '#log-out button', '#room-list a']);
  await bob.keyboard.press('Escape');
  assert.ok(await bob.locator('#rooms').isHidden());
  assert.equal(await bob.evaluate(() => document.activeElement.id), 'show-rooms');
  await bob.tap('#show-people');
  await reads(bob, 'ann', '#people-list');
  await check(bob, 'people-phone', ['#people .close']);
  await bob.touchscreen.tap(20, 400);
  assert.ok(await bob.locator('#people').isHidden());

  // The history is there after a reload, and older pages on request.
  for (let number = 0; number < 60; number += 1) await say(number % 2 ? ann : bob, `number ${number}`);
  await reads(ann, 'number 59');
  await ann.reload();
  await reads(ann, 'number 59');
  assert.equal((await texts(ann)).length, 50);
  await ann.getByRole('button', { name: 'Show older messages' }).click();
  await reads(ann, 'Hi Bob');
  const [first] = await texts(ann);
  assert.ok(first.startsWith('Hi Bob'));
  assert.ok(await ann.locator('#older').isHidden());

  // A second tab of Bob comes and goes unnoticed; Bob leaves with the last.
  const second = await bob.context().newPage();
  await second.goto(site);
  await reads(second, 'number 59');
  await second.close();
  await bob.tap('#show-rooms');
  await bob.tap('#rooms .close');
  assert.ok(await bob.locator('#rooms').isHidden());
  await bob.tap('#show-rooms');
  await bob.fill('#room-name', 'design-review');
  await bob.press('#room-name', 'Enter');
  await reads(ann, 'bob left');
  assert.equal((await ann.locator('#log .news').allInnerTexts()).filter(text => text === 'bob left').length, 1);
  await reads(bob, 'No messages yet');
  await check(bob, 'empty-phone', composer);
  await bob.goBack();
  await reads(ann, 'bob joined');

  // By keyboard alone: from the top of the page to a message.
  await ann.reload();
  await reads(ann, 'number 59');
  await ann.evaluate(() => document.activeElement.blur());
  await ann.keyboard.press('Tab');
  await ann.keyboard.press('Enter');
  await ann.keyboard.type('by keyboard');
  await ann.keyboard.press('Enter');
  await reads(bob, 'by keyboard');

  // Too many messages close the socket, and the page comes back.
  await bob.evaluate(() => {
    const state = document.getElementById('state');
    window.states = [];
    new MutationObserver(() => window.states.push(state.innerText)).observe(state, { childList: true });
  });
  // At once: a slow machine would stay within the rate.
  await bob.evaluate(() => {
    const text = document.getElementById('text');
    for (let number = 0; number < 70; number += 1) {
      text.value = `again ${number}`;
      text.form.requestSubmit();
    }
  });
  await bob.waitForFunction(() => window.states.some(text => text.includes('too many messages')) &&
    !document.getElementById('state').innerText);

  await ann.click('#log-out button');
  await ann.waitForURL('**/login');
  await reads(bob, 'ann left');
  await ann.goto(site);
  assert.equal(new URL(ann.url()).pathname, '/login');
  assert.deepEqual(problems, []);
  console.log('two users chatted at a desk and on a phone');
} finally {
  await browser.close();
}
