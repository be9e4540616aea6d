// A server of the package `ws`: prints its port, and serves until its input ends.

import { createServer } from "node:http";
import { createRequire } from "node:module";

const { WebSocketServer } = createRequire(`${process.env.INTEROP_NODE_MODULES}/`)("ws");

let lastClose = null;

const handlers = {
  "/fragments": (ws) =>
    ws.on("message", (message, isBinary) => {
      const pieces = message.toString(isBinary ? "latin1" : "utf8").match(/.{1,3}/gsu) ?? [""];
      pieces.forEach((piece, at) => {
        ws.send(Buffer.from(piece, isBinary ? "latin1" : "utf8"), { binary: isBinary, fin: at === pieces.length - 1 });
        ws.ping();
      });
    }),
  "/ping": (ws) => {
    ws.on("pong", (payload) => ws.send(payload.toString() === "are you there?" ? "you are" : "not my ping"));
    ws.ping("are you there?");
  },
  "/close": (ws) => ws.close(4001, "as you wish — so sei es"),
  "/abort": (ws) => ws.on("message", () => ws.terminate()),
  "/witness": (ws) =>
    ws.on("close", (code, reason) => {
      lastClose = { code, reason: reason.toString() };
    }),
  "/last": (ws) => ws.send(JSON.stringify(lastClose)),
  "/extensions": (ws) => ws.send(ws.extensions || "none"),
  "/headers": (ws, request) => ws.send(request.headers["x-token"] ?? "none"),
  "/echo": (ws) => ws.on("message", (message, isBinary) => ws.send(message, { binary: isBinary })),
};

// Pages are sent in chunks, over connections that stay open.
const server = createServer((_request, response) => {
  response.write("a ");
  response.end("page\n");
});
const sockets = new WebSocketServer({
  server,
  perMessageDeflate: true,
  handleProtocols: (offered) => ["chat.v2", "chat.v1"].find((name) => offered.has(name)) ?? false,
  verifyClient: ({ req }, done) => (req.url === "/refused" ? done(false, 403, "not you\n") : done(true)),
});
sockets.on("connection", (ws, request) => handlers[request.url]?.(ws, request));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit(0)).resume();
