// Right and wrong uses of the generated client. `tsc` accepts the right ones, and rejects the wrong ones.
import { link, listen, open, request, ProblemError } from "./client.js";
import type { Event, Routes, Said, SaidInput } from "./client.js";

const room = open("", "/rooms/{room}/{name}", { room: "blue", name: "ann" });
room.send({ text: "hi" });
room.send({ text: "hi", replyTo: null, tags: ["a"] } satisfies SaidInput);
export const told: Said = { text: "hi", replyTo: 7, tags: [] };

/** The union narrows, and its last member is `never`. */
export async function read(): Promise<string> {
  for await (const event of room) {
    switch (event.event) {
      case "joined": return event.name;
      case "said": return `${event.text} ${event.replyTo ?? 0} ${event.tags.length}`;
      case "closing": return "";
      default: { const never: never = event; return never; }
    }
  }
  return "";
}

const topic = open("", "/topics/{topic}", { topic: "a" }, { resume: true, after: "0000000000000001-2" });
topic.on("lost", ({ at }) => at.length);
topic.on("down", ({ code, delay }) => code + delay);
export async function follow(): Promise<void> {
  for await (const entry of topic) {
    if (entry.type === "message") entry.data.text.length;
    else if (entry.type === "caughtUp") entry.members.toFixed();
  }
}

open("", "/echo/{side}", { side: "left" }, { reconnect: { cap: 1_000 }, signal: AbortSignal.timeout(1) }).send("text");

export async function requests(): Promise<string> {
  const user = await request("", "GET /users/{id}", { params: { id: 7 } });
  if (user.status === 404) { const none: undefined = user.body; return String(none); }
  const role: "admin" | "guest" = user.body.role;
  const made = await request("", "POST /users", { body: { id: 1, name: "ann", role } });
  const found = await request("", "GET /search", { query: { page: 2, tag: ["a", "b"] }, headers: { "x-key": "k" } });
  await request("", "GET /search");
  try {
    await request("", "POST /topics/{topic}", { params: { topic: "a" }, body: { text: "hi" } });
  } catch (cause) {
    if (cause instanceof ProblemError) return `${cause.status} ${cause.problem.detail}`;
  }
  return made.body.name + found.body.length;
}

export async function streams(): Promise<number> {
  for await (const { data, id } of listen("", "/ticks/{from}", { from: 3 })) return data.text.length + id.length;
  return 0;
}

export async function calls(): Promise<number> {
  const calculator = open("", "/calculator");
  calculator.on("notice", text => text.length);
  const quotient: number = await calculator.call("divide", { number: 7, by: 2 }, { signal: AbortSignal.timeout(1) });
  for await (const number of calculator.stream("count_to", { last: 3 })) return number + quotient;
  calculator.call("never");
  calculator.socket.close();
  // @ts-expect-error the arguments are missing
  calculator.call("divide");
  // @ts-expect-error an argument has another type
  calculator.call("divide", { number: 7, by: "2" });
  // @ts-expect-error a stream is not one reply
  calculator.call("count_to", { last: 3 });
  // @ts-expect-error there is no such call
  calculator.call("multiply", { number: 7, by: 2 });
  return quotient;
}

export const links: string[] = [link("GET /users/{id}", { id: 7 }), link("GET /search", {}, { page: 2 }),
  link("/rooms/{room}/{name}", { room: "a", name: "b" }), link("GET /files/{path..}", { path: "a/b" })];
export type Sent = Routes["sockets"]["/echo/{side}"]["send"];
export const joined: Event = { event: "joined", room: "a", name: "b" };

// @ts-expect-error there is no such route
open("", "/nowhere");
// @ts-expect-error a parameter is missing
open("", "/rooms/{room}/{name}", { room: "a" });
// @ts-expect-error a parameter has another name
open("", "/echo/{side}", { sid: "left" });
// @ts-expect-error a value that the enum lacks
open("", "/echo/{side}", { side: "up" });
// @ts-expect-error the parameters are missing
open("", "/echo/{side}");
// @ts-expect-error a message with another member
room.send({ txt: "hi" });
// @ts-expect-error a message of another type
room.send("hi");
// @ts-expect-error a member of another type
room.send({ text: "hi", replyTo: "7" });
// @ts-expect-error only a topic resumes
open("", "/rooms/{room}/{name}", { room: "a", name: "b" }, { resume: true });
// @ts-expect-error there is no such event
topic.on("closed", () => {});
// @ts-expect-error another method
request("", "DELETE /users/{id}", { params: { id: 7 } });
// @ts-expect-error the parameters are missing
request("", "GET /users/{id}");
// @ts-expect-error a parameter of another type
request("", "GET /users/{id}", { params: { id: "seven" } });
// @ts-expect-error the body is missing
request("", "POST /users");
// @ts-expect-error a body with a value that the enum lacks
request("", "POST /users", { body: { id: 1, name: "ann", role: "owner" } });
// @ts-expect-error a query parameter of another type
request("", "GET /search", { query: { page: "two" } });
// @ts-expect-error there is no such query parameter
request("", "GET /search", { query: { pages: 2 } });
// @ts-expect-error a socket is not a stream
listen("", "/echo/{side}", { side: "left" });
// @ts-expect-error a parameter has another name
link("GET /users/{id}", { ids: 7 });
// @ts-expect-error what the server sends has every member
export const lacking: Said = { text: "hi" };
