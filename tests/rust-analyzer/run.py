#!/usr/bin/env python3
"""Edits routes in rust-analyzer: completion, hover, go-to-definition and rename inside `routes!`.

    tests/rust-analyzer/run.py [PATH OF rust-analyzer]        or in $RUST_ANALYZER, or on the PATH

Each check runs twice: in a valid table, and with two broken routes above the cursor.
Without rust-analyzer, the script prints that it is skipped.
"""
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEADLINE = 240

SOURCE = """\
use http4k_ws::prelude::*;

#[derive(Clone)]
struct Hub;

async fn show_user(user: u64, hub: Hub) -> String {
    let _ = hub;
    format!("user {user}")
}

async fn chat_room(mut ws: WebSocket, room: String, hub: Hub) -> WsResult {
    let _ = (hub, room);
    ws.recv().await?;
    Ok(())
}

routes! {
    fn app(shared_hub: Hub) -> PolyHandler {
BROKEN        GET "/users/<user_id: u64>" => http(FIRST),
        "/rooms/<room_name>" => ws(SECOND),
        GET "/echo/<echoed>" => http(THIRD),
    }
}

fn main() {
    let _ = app(Hub);
    let _ = LINK;
}
"""
LINK = "app::show_user { user_id: 7 }"
BROKEN = """\
        GET "/broken/{id}" => http(show_user(id, shared_hub)),
        "/broken/<open" => htp(),
"""
FIRST = "show_user(user_id, shared_hub)"
SECOND = "chat_room(ws, room_name, shared_hub)"
THIRD = "|echoed: String| async move { echoed }"


class Server:
    """rust-analyzer, over its standard input and output."""

    def __init__(self, command, folder):
        self.process = subprocess.Popen([command], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)
        self.incoming = queue.Queue()
        self.last = 0
        self.quiet = False
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            length = None
            while line := self.process.stdout.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if length is None:
                self.incoming.put(None)
                return
            self.incoming.put(json.loads(self.process.stdout.read(length)))

    def write(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method, params):
        self.write({"method": method, "params": params})

    def take(self, end):
        try:
            message = self.incoming.get(timeout=max(0.01, end - time.monotonic()))
        except queue.Empty:
            sys.exit("rust-analyzer did not respond in time")
        if message is None:
            sys.exit("rust-analyzer has ended")
        if message.get("method") == "experimental/serverStatus":
            self.quiet = message["params"]["quiescent"]
        elif "method" in message and "id" in message:
            # A request for settings, of which there are none.
            items = message["params"].get("items", []) if message["method"] == "workspace/configuration" else None
            self.write({"id": message["id"], "result": None if items is None else [None] * len(items)})
        return message

    def request(self, method, params):
        end = time.monotonic() + DEADLINE
        while True:
            self.last += 1
            self.write({"id": self.last, "method": method, "params": params})
            while (message := self.take(end)).get("id") != self.last or "method" in message:
                pass
            if "error" not in message:
                return message["result"]
            if message["error"]["code"] == -32801:  # the content changed meanwhile: repeat the request
                continue
            if method == "textDocument/rename":  # the error is the reason for the refusal
                return {}
            sys.exit(f"{method}: {message['error']['message']}")

    def wait_until_quiet(self):
        end = time.monotonic() + DEADLINE
        while not self.quiet:
            self.take(end)


class Editor:
    """One open file, and the requests about it."""

    def __init__(self, server, path):
        self.server, self.uri, self.version = server, "file://" + path, 1
        text = open(path).read()
        server.notify("textDocument/didOpen", {"textDocument": {
            "uri": self.uri, "languageId": "rust", "version": 1, "text": text}})

    def write(self, text):
        """Replaces the text; `^` marks the cursor."""
        before, _, after = text.partition("^")
        self.text = before + after
        self.version += 1
        self.server.notify("textDocument/didChange", {
            "textDocument": {"uri": self.uri, "version": self.version}, "contentChanges": [{"text": self.text}]})
        lines = before.split("\n")
        self.at = {"textDocument": {"uri": self.uri},
                   "position": {"line": len(lines) - 1, "character": len(lines[-1])}}

    def completions(self):
        response = self.server.request("textDocument/completion", self.at) or []
        return [item["label"] for item in (response["items"] if isinstance(response, dict) else response)]

    def hover(self):
        response = self.server.request("textDocument/hover", self.at)
        return response["contents"]["value"] if response else ""

    def definition(self):
        response = self.server.request("textDocument/definition", self.at) or []
        found = response if isinstance(response, list) else [response]
        return [self.named(f.get("targetUri") or f["uri"], f.get("targetSelectionRange") or f["range"]) for f in found]

    def edits(self, name):
        response = self.server.request("textDocument/rename", {**self.at, "newName": name}) or {}
        edits = [e for change in response.get("documentChanges", []) for e in change["edits"]]
        return edits + (response.get("changes") or {}).get(self.uri, [])

    def rename(self, name):
        return sorted(self.line(e["range"]["start"]["line"]).strip() for e in self.edits(name))

    def renamed(self, name):
        """Returns the text after a renaming."""
        lines = self.text.split("\n")
        position = lambda e: (e["range"]["start"]["line"], e["range"]["start"]["character"])
        for edit in sorted(self.edits(name), key=position, reverse=True):
            (start, end) = (edit["range"]["start"], edit["range"]["end"])
            assert start["line"] == end["line"], edit
            line = lines[start["line"]]
            lines[start["line"]] = line[:start["character"]] + edit["newText"] + line[end["character"]:]
        return "\n".join(lines)

    def named(self, uri, range):
        return self.line(range["start"]["line"]) if uri == self.uri else uri

    def line(self, number):
        return self.text.split("\n")[number]


def check(editor, broken):
    def source(first=FIRST, second=SECOND, third=THIRD, link=LINK):
        text = SOURCE.replace("FIRST", first).replace("SECOND", second).replace("THIRD", third)
        text = text.replace("LINK", link)
        return text.replace("BROKEN", BROKEN if broken else "")

    failures = []

    def expect(what, holds, seen):
        print(f"  {'ok    ' if holds else 'FAILED'} {what}")
        if not holds:
            failures.append(f"{what}: {seen}")

    def completes(what, wanted, **edit):
        editor.write(source(**edit))
        seen = editor.completions()
        expect(what, any(label.startswith(wanted) for label in seen), seen[:12])

    completes("completes a handler", "show_user", first="show_u^")
    completes("completes a socket handler", "chat_room", second="chat_r^")
    completes("completes a path parameter", "user_id", first="show_user(user^, shared_hub)")
    completes("completes a captured value", "shared_hub", first="show_user(user_id, shar^)")
    completes("completes a captured value of a socket", "shared_hub", second="chat_room(ws, room_name, shar^)")

    editor.write(source(first="show_^user(user_id, shared_hub)"))
    expect("hovers over a handler", "async fn show_user" in (seen := editor.hover()), seen)
    expect("goes to a handler", any("async fn show_user" in line for line in editor.definition()), editor.definition())
    editor.write(source(first="show_user(user_id, shared_^hub)"))
    expect("hovers over a captured value", "shared_hub: Hub" in (seen := editor.hover()), seen)
    expect("goes to a captured value", any("fn app(" in line for line in editor.definition()), editor.definition())

    editor.write(source(second="chat_^room(ws, room_name, shared_hub)"))
    changed = editor.rename("talk")
    expect("renames a handler", len(changed) == 2, changed)
    editor.write(source(first="show_user(user_id, shared_^hub)"))
    changed = editor.rename("rooms")
    expect("renames a captured value", len(changed) == 4 if broken else len(changed) == 3, changed)

    # The literal has the name too, and an editor cannot change it there. It stays unchanged, and the compiler
    # reports the missing argument of the call.
    def renames(what, **edits):
        cursor, wanted = edits["cursor"], edits["wanted"]
        editor.write(source(**cursor))
        seen = editor.renamed("renamed")
        expect(what, seen == source(**wanted), seen)

    renames("renames a path parameter in its call", cursor=dict(first="show_user(user^_id, shared_hub)"),
            wanted=dict(first="show_user(renamed, shared_hub)"))
    renames("renames a path parameter in the call over a socket",
            cursor=dict(second="chat_room(ws, room^_name, shared_hub)"),
            wanted=dict(second="chat_room(ws, renamed, shared_hub)"))
    renames("renames a path parameter in a closure", cursor=dict(third="|e^choed: String| async move { echoed }"),
            wanted=dict(third="|renamed: String| async move { renamed }"))
    renames("leaves a path parameter alone that is renamed in a link",
            cursor=dict(link="app::show_user { user^_id: 7 }"), wanted={})
    renames("leaves a link alone", cursor=dict(link="app::show^_user { user_id: 7 }"), wanted={})
    return failures


def main():
    command = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("RUST_ANALYZER") or shutil.which("rust-analyzer")
    works = command and subprocess.run([command, "--version"], capture_output=True).returncode == 0
    if not works:
        print("skipped: the editing test needs rust-analyzer")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "src"))
        path = os.path.join(folder, "src", "main.rs")
        with open(path, "w") as file:
            file.write(SOURCE.replace("FIRST", FIRST).replace("SECOND", SECOND).replace("BROKEN", ""))
        with open(os.path.join(folder, "Cargo.toml"), "w") as file:
            file.write('[package]\nname = "edited"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n[dependencies]\n'
                       f'http4k-ws = {{ path = "{ROOT}/http4k-ws" }}\nserde = "1"\n')
        shutil.copy(os.path.join(ROOT, "Cargo.lock"), folder)
        server = Server(command, folder)
        try:
            server.request("initialize", {
                "processId": os.getpid(), "rootUri": "file://" + folder,
                "capabilities": {"experimental": {"serverStatusNotification": True},
                                 "workspace": {"workspaceEdit": {"documentChanges": True}},
                                 "textDocument": {"hover": {"contentFormat": ["markdown"]}}},
                "initializationOptions": {"checkOnSave": False, "cargo": {"buildScripts": {"enable": True}},
                                          "procMacro": {"enable": True}}})
            server.notify("initialized", {})
            editor = Editor(server, path)
            server.wait_until_quiet()
            failures = []
            for broken in (False, True):
                print("with two broken routes above:" if broken else "in a valid table:")
                failures += check(editor, broken)
        finally:
            server.process.kill()
            server.process.wait()
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
