// What the tests of pages share.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

/** Starts a server, which prints its address. */
export async function start(program) {
  const server = spawn(program, ['127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(server.stdout, 'data');
  server.port = Number(/http:\/\/.*:(\d+)/.exec(line)[1]);
  return server;
}

/**
 * Nothing is wider than the page, the controls are in view, and no rule of accessibility is broken. Writes
 * screenshots in light and dark.
 */
export async function check(tab, folder, name, controls) {
  for (const colorScheme of ['light', 'dark']) {
    await tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { width, height } = tab.viewportSize();
    assert.ok(await tab.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth), `${name} is too wide`);
    for (const control of controls) {
      const box = await tab.locator(control).boundingBox();
      assert.ok(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height,
        `${name}: ${control} is out of view: ${JSON.stringify(box)}`);
      assert.ok(box.height >= 40, `${name}: ${control} is ${box.height} px high`);
    }
    // The canvas is painted by the next frame.
    await tab.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await tab.screenshot({ path: `${folder}/${name}-${colorScheme}.png` });
    await tab.evaluate(axe);
    const broken = await tab.evaluate(async () => (await window.axe.run()).violations.map(({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, any }) => html + any.map(({ message }) => message)).join('; ')}`));
    assert.deepEqual(broken, [], `${name} in ${colorScheme}: accessibility`);
  }
}
