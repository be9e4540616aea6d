// Ann and Bob, each in a tab, chat on the page at the given address; the last argument is the file of a screenshot.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const [page, screenshot] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

async function join(who) {
  const tab = await browser.newPage({ viewport: { width: 600, height: 420 } });
  await tab.goto(page);
  await tab.fill('#who', who);
  await tab.click('#join button');
  await tab.waitForSelector('#say:not([hidden])');
  return tab;
}

async function say(tab, text) {
  await tab.fill('#text', text);
  await tab.press('#text', 'Enter');
}

async function hears(tab, text) {
  await tab.waitForFunction(text => document.getElementById('log').innerText.includes(text), text, { timeout: 10_000 });
}

try {
  const [ann, bob] = [await join('ann'), await join('bob')];
  await hears(ann, 'bob joined');
  await say(ann, 'hi bob, <b>are you there</b>?');
  await hears(bob, 'ann: hi bob, <b>are you there</b>?');
  await say(bob, 'yes — grüße');
  await hears(ann, 'bob: yes — grüße');
  assert.equal(await bob.innerText('#present'), 'here: ann, bob');
  await bob.screenshot({ path: screenshot });
  await bob.close();
  await hears(ann, 'bob left');
  console.log('two tabs chatted');
} finally {
  await browser.close();
}
