// A network in front of a server, which a test cuts off.
import { createServer, connect } from 'node:net';
import { once } from 'node:events';

export class Network {
  #pairs = new Set();
  #server = createServer(client => this.#open(client));
  /** The port of the server behind the network. */
  target;
  /** New connections fail. */
  isDown = false;

  constructor(target) {
    this.target = target;
  }

  async start() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this.#server.address().port;
  }

  #open(client) {
    if (this.isDown) return client.destroy();
    const server = connect(this.target, '127.0.0.1');
    const pair = [client, server];
    this.#pairs.add(pair);
    for (const [from, to] of [[client, server], [server, client]]) {
      from.on('error', () => {});
      from.on('data', data => pair.isStalled || to.write(data));
      from.on('close', () => {
        if (pair.isStalled) return;
        this.#pairs.delete(pair);
        to.destroy();
      });
    }
  }

  /** Breaks connections off: every one, or those only that are stalled. */
  cut(which) {
    for (const pair of this.#pairs) {
      if (which !== 'stalled' || pair.isStalled) for (const end of pair) end.destroy();
    }
  }

  /** Swallows everything on the connections that are open now, in both directions, without ending them. */
  stall() {
    for (const pair of this.#pairs) pair.isStalled = true;
  }

  stop() {
    for (const pair of this.#pairs) pair.isStalled = false;
    this.cut();
    this.#server.close();
  }
}
