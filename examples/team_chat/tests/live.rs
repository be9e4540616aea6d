//! The program itself: a port, signals, and a restart with the same history and keys.

#![cfg(unix)]
#![allow(missing_docs)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use http4k_ws::client::{BlockingWebSocket, HttpClient, WebSocketClient};
use http4k_ws::filter::sessions::SessionKey;
use http4k_ws::prelude::*;
use http4k_ws::testing::NextMessage;

/// The program, which is killed at the end of the test.
struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(database: &Path, key: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_http4k-ws-examples-team-chat"))
            .arg("127.0.0.1:0")
            .env("DATABASE", database)
            .env("SESSION_KEYS", key)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let output = child.stdout.as_mut().expect("it is piped");
        BufReader::new(output).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("http://").expect("an address");
        let address = address.to_owned();
        Self { child, address }
    }

    fn log_in(&self) -> String {
        let form = "name=ann&password=open+sesame";
        let form_type = "application/x-www-form-urlencoded";
        let login = Request::post(format!("http://{}/login", self.address));
        let login = login.header("content-type", form_type).body(form);
        let response = HttpClient::new()
            .blocking()
            .send(login)
            .expect("a response");
        assert_eq!(response.status(), 303);
        let [cookie] = &response.set_cookies()[..] else {
            panic!("one cookie");
        };
        format!("{}={}", cookie.name(), cookie.value())
    }

    fn connect(&self, cookie: &str) -> BlockingWebSocket {
        let socket = WebSocketClient::to(format!("ws://{}/api/rooms/blue", self.address));
        let socket = socket.with_header("cookie", cookie).blocking();
        socket.expect("the program accepts")
    }

    /// Sends SIGTERM, and waits for the end.
    fn stop(mut self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.expect("kill runs").success());
        assert!(self.child.wait().expect("it ends").success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder that is removed at the end of the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let name = format!("team-chat-live-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a writable folder");
        Self(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn next(client: &mut BlockingWebSocket) -> String {
    match client.next() {
        NextMessage::Message(message) => message.text().into_owned(),
        other => panic!("expected a message, got {other:?}"),
    }
}

#[test]
fn the_program_ends_by_a_signal_and_history_and_sessions_survive_it() {
    let folder = Scratch::new();
    let (database, key) = (folder.0.join("chat.db"), SessionKey::generate_text());
    let program = Program::start(&database, &key);
    let cookie = program.log_in();
    let mut ann = program.connect(&cookie);
    assert!(next(&mut ann).contains(r#""present":["ann"]"#));
    for number in 0..10 {
        ann.send(format!(r#"{{"type":"say","text":"number {number}"}}"#))
            .expect("open");
    }
    // What a member has seen is stored.
    while !next(&mut ann).contains("number 8") {}
    program.stop();
    while let NextMessage::Message(_) = ann.next() {}
    assert_eq!(ann.closed(), Some(WsStatus::GOING_AWAY));

    let program = Program::start(&database, &key);
    let mut ann = program.connect(&cookie);
    let welcome = next(&mut ann);
    for number in 0..9 {
        assert!(
            welcome.contains(&format!(r#""text":"number {number}""#)),
            "{welcome}"
        );
    }
    program.stop();
}
