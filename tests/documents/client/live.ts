// The generated client in Node against the served application. Arguments: its program, and a free port.
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { WebSocket } from "ws";
import { link, open, request, ProblemError } from "./client.js";
import type { Event } from "./client.js";

const [program, port] = process.argv.slice(2) as [string, string];
const base = `http://127.0.0.1:${port}`;
const fast = { WebSocket, reconnect: { base: 50, cap: 200 } };

async function start(): Promise<ChildProcess> {
  const server = spawn(program, [`127.0.0.1:${port}`], { stdio: ["ignore", "pipe", "inherit"] });
  const [text] = await once(server.stdout!, "data") as [Buffer];
  assert.match(String(text), /listening/);
  return server;
}

async function stop(server: ChildProcess): Promise<void> {
  server.kill("SIGKILL");
  await once(server, "exit");
}

/** Reads until `last` accepts a value. */
async function until<T>(values: AsyncIterable<T>, last: (value: T) => boolean): Promise<T[]> {
  const read: T[] = [];
  for await (const value of values) {
    read.push(value);
    if (last(value)) break;
  }
  return read;
}

const happens = (on: (listener: () => void) => unknown) => new Promise<void>(resolve => on(() => resolve()));

async function rooms(): Promise<void> {
  const room = open(base, "/rooms/{room}/{name}", { room: "r/1 ü?#", name: "%41" }, fast);
  room.send({ text: "before open", replyTo: 7 });
  room.send({ text: "close" });
  const events: Event[] = await until(room, () => false);
  assert.deepEqual(events, [
    { event: "joined", room: "r/1 ü?#", name: "%41" },
    { event: "said", text: "before open", replyTo: 7, tags: [] },
    { event: "closing" },
  ]);
  assert.deepEqual(await room.closed, { code: 1000, reason: "" });
  assert.equal(room.state, "closed");
  assert.throws(() => room.send({ text: "late" }), /closed/);

  const echo = open(base, "/echo/{side}", { side: "right" }, fast);
  echo.send("as it is");
  assert.deepEqual(await until(echo, () => true), ["Right as it is"]);
  echo.close(4001, "enough");
  assert.equal((await echo.closed).code, 4001);
}

async function bounds(): Promise<void> {
  const slow = open(base, "/echo/{side}", { side: "left" }, { ...fast, maxUnread: 2 });
  for (const text of ["a", "b", "c", "d"]) slow.send(text);
  assert.equal((await slow.closed).code, 4000);
  const read: string[] = [];
  await assert.rejects(async () => { for await (const text of slow) read.push(text); }, /more than 2 messages are unread/);
  assert.deepEqual(read, ["Left a", "Left b"]);

  const full = open(base, "/echo/{side}", { side: "left" }, { ...fast, maxUnsent: 1 });
  full.send("one");
  assert.throws(() => full.send("two"), /1 messages wait/);
  full.close();

  const abort = new AbortController();
  const aborted = open(base, "/echo/{side}", { side: "left" }, { ...fast, signal: abort.signal });
  const reading = until(aborted, () => false);
  abort.abort();
  assert.deepEqual(await reading, []);
  assert.deepEqual(await aborted.closed, { code: 1000, reason: "aborted" });
  const never = open(base, "/echo/{side}", { side: "left" }, { ...fast, signal: AbortSignal.abort() });
  assert.deepEqual(await never.closed, { code: 1000, reason: "aborted" });

  // Nothing listens on port 9.
  const lost = open("http://127.0.0.1:9", "/echo/{side}", { side: "left" },
    { WebSocket, reconnect: { base: 1, cap: 2, attempts: 3 } });
  let downs = 0;
  lost.on("down", ({ delay }) => { downs += 1; assert.ok(delay <= 2); });
  assert.equal((await lost.closed).code, 1006);
  assert.equal(downs, 3);
}

async function publish(text: string): Promise<void> {
  const reply = await request(base, "POST /topics/{topic}", { params: { topic: "tea" }, body: { text } });
  assert.equal(reply.status, 204);
}

/** A topic is resumed without a loss or a repeat, and reports a loss if the server forgets it. */
async function topics(server: ChildProcess): Promise<ChildProcess> {
  const topic = open(base, "/topics/{topic}", { topic: "tea" }, fast);
  let losses = 0;
  topic.on("lost", () => { losses += 1; });
  const texts: string[] = [];
  const read = async (last: string) => {
    for await (const entry of topic) {
      if (entry.type === "message") texts.push(entry.data.text);
      if (entry.type === "message" && entry.data.text === last) return;
      if (entry.type === "caughtUp" && last === "") return;
    }
  };
  await read("");
  for (const text of ["1", "2"]) await publish(text);
  await read("2");
  // The server closes each connection on which it receives a text. More is published in between.
  for (const [first, second] of [["3", "4"], ["5", "6"], ["7", "8"]] as const) {
    const down = happens(listener => topic.on("down", listener));
    topic.send("close");
    await down;
    await publish(first);
    await publish(second);
    await read(second);
  }
  assert.deepEqual(texts, ["1", "2", "3", "4", "5", "6", "7", "8"]);
  assert.equal(losses, 0);
  assert.match(topic.at ?? "", /^[0-9a-f]{16}-8$/);

  // Another socket starts at a position that the first one has stored.
  const later = open(base, "/topics/{topic}", { topic: "tea" }, { ...fast, after: topic.at!.replace(/-8$/, "-6") });
  const rest = await until(later, entry => entry.type === "message" && entry.data.text === "8");
  assert.deepEqual(rest.flatMap(entry => entry.type === "message" ? [entry.data.text] : []), ["7", "8"]);
  later.close();

  // A server that starts again has forgotten the topic.
  const lost = happens(listener => topic.on("lost", listener));
  await stop(server);
  const again = await start();
  await lost;
  await publish("after the restart");
  await read("after the restart");
  assert.equal(losses, 1);
  topic.close();
  return again;
}

/** A message that is sent while the server is away arrives. */
async function restarts(server: ChildProcess): Promise<ChildProcess> {
  const room = open(base, "/rooms/{room}/{name}", { room: "a", name: "ann" }, fast);
  await until(room, event => event.event === "joined");
  const down = happens(listener => room.on("down", listener));
  await stop(server);
  await down;
  assert.notEqual(room.state, "open");
  room.send({ text: "while away" });
  const again = await start();
  const events = await until(room, event => event.event === "said");
  assert.deepEqual(events.map(event => event.event), ["joined", "said"]);
  room.close();

  const once = open(base, "/rooms/{room}/{name}", { room: "a", name: "bob" }, { WebSocket, reconnect: false });
  once.send({ text: "restart" });
  assert.equal((await once.closed).code, 1012);
  return again;
}

async function calls(server: ChildProcess): Promise<ChildProcess> {
  const calculator = open(base, "/calculator", {}, fast);
  const notices: string[] = [];
  calculator.on("notice", notice => notices.push(notice));
  const replies = [8, 6, 4].map(number => calculator.call("divide", { number, by: 2 }));
  assert.deepEqual(await Promise.all(replies), [4, 3, 2]);
  assert.deepEqual(notices, ["welcome"]);
  const zero = await calculator.call("divide", { number: 1, by: 0 }).catch((cause: unknown) => cause);
  assert.ok(zero instanceof ProblemError);
  assert.deepEqual([zero.status, zero.problem.detail], [422, "the divisor is 0"]);

  // More items than the server may send before they are read.
  const numbers: number[] = [];
  for await (const number of calculator.stream("count_to", { last: 300 })) numbers.push(number);
  assert.deepEqual(numbers, Array.from({ length: 300 }, (_, index) => index + 1));
  for await (const number of calculator.stream("count_to", { last: 1_000_000 })) if (number === 5) break;
  const cause = new Error("enough");
  const abort = new AbortController();
  const never = calculator.call("never", null, { signal: abort.signal });
  abort.abort(cause);
  await assert.rejects(never, cause);
  assert.equal(await calculator.call("divide", { number: 9, by: 3 }), 3);

  // A call that was sent fails with its connection, and one that waits is sent over the next.
  const lost = calculator.call("never");
  await Promise.all([stop(server), assert.rejects(lost, { name: "DisconnectedError", code: 1006 })]);
  const waits = calculator.call("divide", { number: 10, by: 5 });
  const again = await start();
  assert.equal(await waits, 2);
  calculator.socket.close();
  await assert.rejects(calculator.call("never"), /closed/);
  return again;
}

async function requests(): Promise<void> {
  const user = await request(base, "GET /users/{id}", { params: { id: 7 } });
  assert.ok(user.status === 200);
  assert.deepEqual(user.body, { id: 7, name: "ann", role: "guest" });
  const none = await request(base, "GET /users/{id}", { params: { id: 0 } });
  assert.equal(none.status, 404);

  const bob = { id: 2, name: "bob", email: "b@example.com", role: "admin" } as const;
  assert.deepEqual((await request(base, "POST /users", { body: bob })).body, bob);
  const found = await request(base, "GET /search", { query: { page: 2, tag: ["a b", "&"] }, headers: { "x-key": "k" } });
  assert.equal(found.body, "2 a b+& k");
  const path = await request(base, "GET /files/{path..}", { params: { path: "a/ü b/c" } });
  assert.equal(path.body, "a/ü b/c");

  // Values that the types refuse reach the server, which refuses them with a problem.
  const problem = await request(base, "GET /search", { query: { page: "two" as never } }).catch((cause: unknown) => cause);
  assert.ok(problem instanceof ProblemError);
  assert.equal(problem.status, 400);
  assert.match(problem.problem.detail ?? "", /page/);
  assert.match(problem.message, /^400 Bad Request: .*page/);
  const body = await request(base, "POST /users", { body: { id: "x" } as never }).catch((cause: unknown) => cause);
  assert.ok(body instanceof ProblemError && body.status === 400);
  // A status that is not described, and no problem.
  const unknown = await request(base, "GET /users/{id}", { params: { id: "x" as never } }).catch((cause: unknown) => cause);
  assert.ok(unknown instanceof ProblemError && unknown.status === 404 || (unknown as { status: number }).status === 404);
  const aborted = request(base, "GET /users/{id}", { params: { id: 7 }, signal: AbortSignal.abort() });
  await assert.rejects(aborted, { name: "AbortError" });

  assert.equal(link("GET /search", {}, { page: 2, tag: ["a b", "c"] }), "/search?page=2&tag=a+b&tag=c");
  assert.equal(link("/rooms/{room}/{name}", { room: "a/b", name: "ü" }), "/rooms/a%2Fb/%C3%BC");
  for (const name of ["", ".", ".."]) {
    assert.throws(() => link("/rooms/{room}/{name}", { room: "a", name }), /cannot be/);
  }
  assert.throws(() => link("GET /files/{path..}", { path: "a/../b" }), /cannot be/);
}

let server = await start();
try {
  await rooms();
  await bounds();
  await requests();
  server = await topics(server);
  server = await restarts(server);
  server = await calls(server);
  console.log("the generated client read sockets, topics and responses, and made calls, in Node");
} finally {
  await stop(server);
}
