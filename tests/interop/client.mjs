// A client of the package `ws`: tests the server at the given URI, and fails at the first error.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";

const WebSocket = createRequire(`${process.env.INTEROP_NODE_MODULES}/`)("ws");
const uri = process.argv[2];
setTimeout(() => assert.fail("not done in time"), 60_000).unref();

async function connect(path, protocols = []) {
  const ws = new WebSocket(uri + path, protocols);
  ws.received = [];
  ws.on("message", (data, isBinary) => ws.received.push(isBinary ? data : data.toString()));
  ws.ended = new Promise((done) => ws.on("close", (code, reason) => done([code, reason.toString()])));
  await once(ws, "open");
  return ws;
}

async function next(ws) {
  while (ws.received.length === 0) await once(ws, "message");
  return ws.received.shift();
}

{
  // The client offers permessage-deflate by default, and continues without it.
  const ws = await connect("/echo", ["chat.v1", "chat.v2"]);
  assert.equal(ws.protocol, "chat.v2");
  assert.equal(ws.extensions, "");
  for (const message of ["hello", "grüße — 🦀", "", Buffer.from([255, 0]), Buffer.alloc(0), "x".repeat(2 ** 20), Buffer.alloc(2 ** 20)]) {
    ws.send(message);
    assert.deepEqual(await next(ws), message);
  }
  ws.send("in ", { fin: false });
  ws.ping("are you there?");
  ws.send("two fragments", { fin: true });
  assert.deepEqual((await once(ws, "pong"))[0].toString(), "are you there?");
  assert.equal(await next(ws), "in two fragments");
  ws.close(4002, "enough — genug");
  assert.deepEqual(await ws.ended, [4002, "enough — genug"]);
}
// Compressed both ways, with the contexts that both sides allow. The client compresses from 1 KiB on.
for (const path of ["/alone", "/kept"]) {
  const ws = await connect(path);
  assert.equal(ws.extensions, "permessage-deflate");
  const lines = Array.from({ length: 100 }, (_, number) => `the same words again, number ${number}`.repeat(40));
  for (const message of ["", "grüße — 🦀", Buffer.from([255, 0]), ...lines, "x".repeat(2 ** 20), Buffer.alloc(2 ** 20)]) {
    ws.send(message);
    assert.deepEqual(await next(ws), message);
  }
  const half = "in two fragments, ".repeat(100);
  ws.send(half, { fin: false });
  ws.ping("are you there?");
  ws.send(half, { fin: true });
  assert.equal(await next(ws), half + half);
  ws.close(4002, "enough — genug");
  assert.deepEqual(await ws.ended, [4002, "enough — genug"]);
}
{
  const ws = await connect("/last");
  assert.equal(await next(ws), "4002 enough — genug");
  assert.deepEqual(await ws.ended, [1000, ""]);
}
assert.deepEqual(await (await connect("/close")).ended, [4001, "as you wish — so sei es"]);
assert.equal((await (await connect("/fails")).ended)[0], 1011);
{
  const ws = await connect("/echo");
  ws.send("x".repeat(2 ** 20 + 1));
  assert.equal((await ws.ended)[0], 1009);
}
for (const [path, status, body] of [["/refused", 403, "not you\n"], ["/nowhere", 404, null]]) {
  const ws = new WebSocket(uri + path);
  const [, response] = await once(ws, "unexpected-response");
  assert.equal(response.statusCode, status);
  const chunks = await response.toArray();
  if (body !== null) assert.equal(Buffer.concat(chunks).toString(), body);
}
console.log("ws: ok");
// Connections of refused upgrades stay open, and would keep this process alive.
process.exit(0);
