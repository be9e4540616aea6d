// The console in Chromium, without any other network. Arguments: the address of the served application, and a folder
// for screenshots.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const [base, folder] = process.argv.slice(2);
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const problems = [];

async function page(viewport) {
  const context = await browser.newContext({ viewport });
  context.setDefaultTimeout(10_000);
  context.on('weberror', error => problems.push(String(error.error())));
  context.on('request', request => {
    if (!request.url().startsWith(base) && !request.url().startsWith('data:')) problems.push(`foreign: ${request.url()}`);
  });
  const tab = await context.newPage();
  tab.on('console', line => {
    // A refused request is an error of the browser, too.
    if (line.type() === 'error' && !/status of 4/.test(line.text())) problems.push(line.text());
  });
  return tab;
}

const choose = async (tab, kind, path) => {
  await tab.goto(`${base}/_console#${encodeURIComponent(`${kind} ${path}`)}`);
  await tab.locator('main h2', { hasText: path }).waitFor();
};
const rows = tab => tab.locator('.log > *').allInnerTexts();

/** Takes pictures in light and dark. Nothing is wider than the page, and no rule of accessibility is broken. */
async function check(tab, name) {
  for (const colorScheme of ['light', 'dark']) {
    await tab.emulateMedia({ colorScheme });
    const wide = await tab.evaluate(() => [...document.querySelectorAll('body *')]
      .filter(one => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
      .map(one => one.outerHTML.slice(0, 80)));
    assert.deepEqual(wide, [], `${name}: wider than the page`);
    // The policy of the page allows no further scripts, so that the rules are evaluated from outside.
    await tab.evaluate(await import('node:fs').then(fs => fs.readFileSync(axe, 'utf8')));
    const { violations } = await tab.evaluate(() => axe.run());
    const found = violations.map(one => `${one.id}: ${one.nodes.map(node => node.html.slice(0, 120)).join(' ')}`);
    assert.deepEqual(found, [], `${name}, ${colorScheme}`);
    await tab.screenshot({ path: `${folder}/console-${name}-${colorScheme}.png`, fullPage: tab.viewportSize().width < 500 });
  }
}

try {
  for (const [size, viewport] of [['desktop', { width: 1280, height: 900 }], ['phone', { width: 390, height: 844 }]]) {
    const tab = await page(viewport);
    const response = await tab.goto(`${base}/_console`);
    assert.match(response.headers()['content-security-policy'], /^default-src 'none'; script-src 'nonce-[0-9a-f]{32}'/);
    assert.ok((await response.body()).length <= 31_000);

    // A socket: a form made from a schema, its typed reply, and the end.
    await choose(tab, 'WS', '/boards/{board}');
    await tab.getByLabel('board').fill('b 1/ü');
    await tab.getByRole('button', { name: 'Connect' }).click();
    await tab.getByText('connected', { exact: true }).waitFor();
    await tab.getByLabel('Variant of the value').selectOption('label');
    await tab.getByRole('textbox', { name: 'text', exact: true }).fill('hello');
    await tab.getByRole('spinbutton', { name: 'x' }).fill('1.5');
    await tab.getByRole('checkbox', { name: /^colour/ }).check();
    await tab.getByRole('combobox', { name: 'colour' }).selectOption('green');
    await tab.getByRole('group', { name: 'tags' }).getByRole('button', { name: 'Add' }).click();
    await tab.getByLabel('item').fill('a');
    await tab.keyboard.press('Control+Enter');
    await tab.locator('.log > :nth-child(3)').waitFor();
    const sent = { shape: 'label', at: { x: 1.5, y: 0 }, text: 'hello', colour: 'green', tags: ['a'] };
    await tab.locator('.log summary').last().click();
    assert.deepEqual(JSON.parse(await tab.locator('.log pre').last().innerText()), { ...sent, bold: false });
    await tab.locator('.log details').last().getByRole('button', { name: 'Hex' }).click();
    assert.match(await tab.locator('.log pre').last().innerText(), /^0000 {2}7b 22 /);
    await tab.locator('.log details').last().getByRole('button', { name: 'Text' }).click();
    // The same value as JSON, and back in the form.
    await tab.getByRole('radio', { name: 'JSON' }).check();
    assert.deepEqual(JSON.parse(await tab.getByRole('textbox', { name: 'JSON' }).inputValue()), sent);
    await tab.getByRole('radio', { name: 'Form' }).check();
    assert.equal(await tab.getByRole('textbox', { name: 'text', exact: true }).inputValue(), 'hello');
    await check(tab, `${size}-socket`);
    // What is not a message closes the socket with its reason.
    await tab.getByRole('radio', { name: 'JSON' }).check();
    await tab.getByRole('textbox', { name: 'JSON' }).fill('{"shape":"circle"}');
    await tab.getByRole('button', { name: 'Send' }).click();
    await tab.getByText('closed with 1007').waitFor();
    await tab.getByText('not connected', { exact: true }).waitFor();

    // A request with a body, one that is refused, and a query.
    await choose(tab, 'POST', '/users');
    await tab.getByRole('spinbutton', { name: 'id' }).fill('7');
    await tab.getByRole('textbox', { name: 'name' }).fill('<b>ann</b>');
    await tab.getByRole('combobox', { name: 'role' }).selectOption('guest');
    await tab.getByRole('button', { name: 'Send' }).click();
    await tab.locator('main strong', { hasText: '200 OK' }).waitFor();
    const user = JSON.parse(await tab.locator('main pre').innerText());
    assert.deepEqual(user, { id: 7, name: '<b>ann</b>', role: 'guest' });
    await check(tab, `${size}-request`);
    await choose(tab, 'GET', '/users/{id}');
    await tab.getByRole('spinbutton', { name: 'id' }).fill('0');
    await tab.getByRole('button', { name: 'Send' }).click();
    await tab.locator('main strong', { hasText: '404' }).waitFor();

    // A stream, which is closed again.
    await choose(tab, 'SSE', '/count/{from}');
    await tab.getByRole('spinbutton', { name: 'from' }).fill('3');
    await tab.getByRole('button', { name: 'Open' }).click();
    await tab.locator('.log details:nth-of-type(3)').waitFor();
    assert.match((await rows(tab)).join('\n'), /"text":"5"/);
    await check(tab, `${size}-stream`);
    await tab.getByRole('button', { name: 'Close' }).click();

    // The keyboard alone: the filter, and a route in the list.
    await tab.locator('main').focus();
    await tab.keyboard.press('/');
    await tab.keyboard.type('search');
    assert.equal(await tab.locator('nav a').count(), 1);
    await tab.keyboard.press('Tab');
    await tab.keyboard.press('Enter');
    await tab.locator('main h2', { hasText: '/search' }).waitFor();
    await tab.context().close();
  }
  for (const name of ['asyncapi.json', 'openapi.json', 'client.ts']) {
    // A body that is not read keeps its connection, and Node, until the server closes it.
    const response = await fetch(`${base}/_console/${name}`);
    assert.notEqual((await response.text()).length, 0);
    assert.equal(response.status, 200);
  }
  assert.deepEqual(problems, []);
  console.log('the console opened a socket, sent requests and read a stream, on a desktop and on a phone');
} finally {
  await browser.close();
}
