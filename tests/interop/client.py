"""A client of the package `websockets`: tests the server at the given URI, and fails at the first error."""

import asyncio
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

uri = sys.argv[1]


async def closes(ws):
    try:
        async for _ in ws:
            pass
    except ConnectionClosed:
        pass
    await ws.wait_closed()
    return ws.close_code, ws.close_reason


async def main():
    # The client offers permessage-deflate by default, and continues without it.
    async with connect(f"{uri}/echo", subprotocols=["chat.v1", "chat.v2"]) as ws:
        assert ws.subprotocol == "chat.v2", ws.subprotocol
        assert "Sec-WebSocket-Extensions" not in ws.response.headers
        for message in ["hello", "grüße — 🦀", "", b"\xff\x00", b"", "x" * 2**20, bytes(2**20)]:
            await ws.send(message)
            echoed = await ws.recv()
            assert echoed == message, (echoed[:40], message[:40])
        await ws.send(["in ", "three ", "fragments"])
        assert await ws.recv() == "in three fragments"
        await (await ws.ping(b"are you there?"))
        await ws.close(4002, "enough — genug")
    # Compressed both ways, with the contexts that both sides allow. The client compresses every message.
    for path in ["alone", "kept"]:
        async with connect(f"{uri}/{path}") as ws:
            agreed = ws.response.headers["Sec-WebSocket-Extensions"]
            assert agreed.startswith("permessage-deflate"), agreed
            assert ("server_no_context_takeover" in agreed) == (path == "alone"), agreed
            lines = ["the same words again, number %d" % number * 40 for number in range(100)]
            for message in ["", "grüße — 🦀", b"", b"\xff\x00", *lines, "x" * 2**20, bytes(2**20)]:
                await ws.send(message)
                echoed = await ws.recv()
                assert echoed == message, (echoed[:40], message[:40])
            await ws.send(["in ", "three ", "fragments" * 100])
            assert await ws.recv() == "in three " + "fragments" * 100
            await ws.close(4002, "enough — genug")
    async with connect(f"{uri}/last") as ws:
        assert await ws.recv() == "4002 enough — genug"
        assert await closes(ws) == (1000, ""), "the end of a consumer"
    async with connect(f"{uri}/close") as ws:
        assert await closes(ws) == (4001, "as you wish — so sei es")
    async with connect(f"{uri}/fails") as ws:
        assert (await closes(ws))[0] == 1011
    async with connect(f"{uri}/echo") as ws:
        await ws.send("x" * (2**20 + 1))
        assert (await closes(ws))[0] == 1009
    for path, status in [("/refused", 403), ("/nowhere", 404)]:
        try:
            async with connect(uri + path):
                raise AssertionError(f"{path} opened a socket")
        except InvalidStatus as refused:
            assert refused.response.status_code == status
            assert status == 404 or refused.response.body == b"not you\n"
    print("websockets: ok")


asyncio.run(asyncio.wait_for(main(), 60))
