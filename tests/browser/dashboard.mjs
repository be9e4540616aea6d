// A dashboard that is fast, and one that is too slow for its prices; the arguments are its program and a folder for
// screenshots.
import assert from 'node:assert/strict';
import { check, launch, start } from './page.mjs';

const [program, folder] = process.argv.slice(2);
const server = await start(program);
const browser = await launch();
const problems = [];

const number = async (tab, id) => Number((await tab.innerText(`#${id}`)).replace(/[^0-9.]/g, ''));
const above = (tab, id, least) => tab.waitForFunction(([id, least]) =>
  Number(document.getElementById(id).innerText.replace(/[^0-9.]/g, '')) >= least, [id, least]);

/** Waits for a second in which no price is coalesced. */
async function keepsUp(tab) {
  await above(tab, 'rate', 900);
  for (let before; before !== await number(tab, 'coalesced');) {
    before = await number(tab, 'coalesced');
    await tab.waitForTimeout(1500);
  }
}

try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  context.setDefaultTimeout(40_000);
  context.on('weberror', error => problems.push(String(error.error())));
  const tab = await context.newPage();
  await tab.goto(`http://127.0.0.1:${server.port}/`);

  // A page that keeps up receives every price.
  await keepsUp(tab);
  assert.equal(await tab.locator('#symbols button').count(), 20);
  const json = await number(tab, 'bytes');
  await tab.getByRole('button', { name: 'IRIS' }).click();
  await tab.waitForFunction(() => document.getElementById('shown').innerText.startsWith('IRIS'));
  await check(tab, folder, 'dashboard-desk', ['#work', '#symbols button >> nth=0']);

  // In binary, each message is smaller.
  await tab.getByLabel('MessagePack').check();
  await tab.waitForFunction(() => document.getElementById('state').innerText.includes('prices+msgpack'));
  await keepsUp(tab);
  await tab.waitForFunction(json => { const now = Number(document.getElementById('bytes').innerText); return now > 20 && now < json; }, json);

  // A page that is slow receives the latest prices only, and their age stays bounded.
  await tab.getByLabel('Work for each message').focus();
  await tab.keyboard.press('End');
  const first = await number(tab, 'coalesced');
  await above(tab, 'coalesced', first + 3000);
  const age = await number(tab, 'age');
  await tab.screenshot({ path: `${folder}/dashboard-slow.png` });
  assert.ok(await number(tab, 'rate') < 200, 'the page is slow');
  assert.ok(age < 5000, `the newest price is ${age} ms old`);

  // It recovers.
  await tab.getByLabel('Work for each message').focus();
  await tab.keyboard.press('Home');
  await keepsUp(tab);
  await tab.waitForFunction(() => Number(document.getElementById('age').innerText.replace(/[^0-9.]/g, '')) < 500);

  await tab.setViewportSize({ width: 390, height: 844 });
  await check(tab, folder, 'dashboard-phone', []);
  assert.deepEqual(problems, []);
  console.log(`a slow page had ${await number(tab, 'coalesced')} prices coalesced; the newest was ${age} ms old`);
} finally {
  await browser.close();
  server.kill();
}
