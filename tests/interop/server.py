"""A server of the package `websockets`: prints its port, and serves until its input ends."""

import asyncio
import http
import json
import sys

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

last_close = None


async def echo(ws):
    async for message in ws:
        await ws.send(message)


async def fragments(ws):
    async def pieces(message):
        for at in range(0, len(message), 3):
            yield message[at : at + 3]
            await ws.ping()

    async for message in ws:
        await ws.send(pieces(message))


async def ping(ws):
    await (await ws.ping(b"are you there?"))
    await ws.send("you are")


async def witness(ws):
    global last_close
    try:
        async for _ in ws:
            pass
    except ConnectionClosed:
        pass
    last_close = {"code": ws.close_code, "reason": ws.close_reason}


async def serve_one(ws):
    path = ws.request.path
    if path == "/fragments":
        await fragments(ws)
    elif path == "/ping":
        await ping(ws)
    elif path == "/close":
        await ws.close(4001, "as you wish — so sei es")
    elif path == "/abort":
        await ws.recv()
        ws.transport.abort()
    elif path == "/witness":
        await witness(ws)
    elif path == "/last":
        await ws.send(json.dumps(last_close))
    elif path == "/extensions":
        await ws.send(ws.response.headers.get("Sec-WebSocket-Extensions", "none"))
    elif path == "/headers":
        await ws.send(ws.request.headers.get("X-Token", "none"))
    else:
        await echo(ws)


def refuse(connection, request):
    if request.path == "/refused":
        return connection.respond(http.HTTPStatus.FORBIDDEN, "not you\n")
    if request.path == "/page":
        return connection.respond(http.HTTPStatus.OK, "a page\n")
    return None


def choose(_connection, offered):
    return next((name for name in ["chat.v2", "chat.v1"] if name in offered), None)


async def main():
    server = await serve(serve_one, "127.0.0.1", 0, process_request=refuse, select_subprotocol=choose)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
