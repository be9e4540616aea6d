//! The clients: blocking sockets that use nothing of the library.
//!
//! Eight connections send while the server is held, and receive together. So the server finds all of them
//! ready in each round, and a count does not depend on the load of the machine. A run with fewer units has
//! as many rounds, of which the last are empty, so that the difference has no part of the holds, and one
//! turn of the runtime for each round.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::gate::Gate;

const CONNECTIONS: usize = 8;

/// A deadline for each read and write, in which a server under callgrind responds by far.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Scenario {
    pub(super) name: &'static str,
    /// The units of the larger run; the smaller has a quarter.
    pub(super) units: u32,
    kind: Kind,
}

enum Kind {
    /// Text messages of this many bytes, so many of them in flight on each connection.
    Echo { bytes: usize, in_flight: u32 },
    /// Requests, so many of them in flight on each connection.
    Request { text: &'static str, in_flight: u32 },
    /// A connection with an opening and a closing handshake.
    Handshake,
}

const fn echo(name: &'static str, bytes: usize, in_flight: u32) -> Scenario {
    Scenario {
        name,
        units: 4_096,
        kind: Kind::Echo { bytes, in_flight },
    }
}

const fn request(name: &'static str, text: &'static str, in_flight: u32) -> Scenario {
    Scenario {
        name,
        units: 4_096,
        kind: Kind::Request { text, in_flight },
    }
}

const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const GET_PARAMETER: &str = "GET /hello/alice HTTP/1.1\r\nHost: localhost\r\n\r\n";
const POST_JSON: &str = "POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                         Content-Length: 27\r\n\r\n{\"name\":\"alice\",\"count\":42}";

pub(super) const SCENARIOS: &[Scenario] = &[
    echo("echo125", 125, 1),
    echo("pipe125", 125, 16),
    echo("pipe1k", 1_024, 16),
    Scenario {
        name: "handshake",
        units: 400,
        kind: Kind::Handshake,
    },
    request("get", GET, 1),
    request("parameter", GET_PARAMETER, 1),
    request("json", POST_JSON, 1),
    request("pipelined", GET, 16),
];

impl Scenario {
    /// Sends `units` units to the server at `port`, in as many rounds as all units of the scenario take.
    pub(super) fn run(&self, port: u16, units: u32, gate: &mut Gate) -> io::Result<()> {
        let mut run = Run {
            port,
            gate,
            probe: open_socket(port)?,
            rounds: self.units / CONNECTIONS as u32,
            filled: units / CONNECTIONS as u32,
        };
        match &self.kind {
            Kind::Echo { bytes, in_flight } => {
                let frames = text_frame(*bytes).repeat(*in_flight as usize);
                let reply = (*bytes + if *bytes < 126 { 2 } else { 4 }) * *in_flight as usize;
                let sockets = run.opened(open_socket)?;
                run.exchange(sockets, &frames, reply, *in_flight)
            }
            Kind::Request { text, in_flight } => {
                let mut connections = run.opened(connected)?;
                let mut reply = 0;
                for connection in &mut connections {
                    connection.write_all(text.as_bytes())?;
                    reply = read_response(connection)?;
                }
                let requests = text.repeat(*in_flight as usize);
                let reply = reply * *in_flight as usize;
                run.exchange(connections, requests.as_bytes(), reply, *in_flight)
            }
            Kind::Handshake => run.open_and_close(),
        }
    }
}

/// The rounds of one run, of which the first `filled` send anything.
struct Run<'a> {
    port: u16,
    gate: &'a mut Gate,
    /// A socket whose echo shows that the server is done with the rest.
    probe: TcpStream,
    rounds: u32,
    filled: u32,
}

impl Run<'_> {
    fn opened(&self, open: fn(u16) -> io::Result<TcpStream>) -> io::Result<Vec<TcpStream>> {
        (0..CONNECTIONS).map(|_| open(self.port)).collect()
    }

    /// Sends `bytes`, which are so many units, on each connection, then receives `reply` bytes from each,
    /// until all rounds are done.
    fn exchange(
        &mut self,
        mut connections: Vec<TcpStream>,
        bytes: &[u8],
        reply: usize,
        units: u32,
    ) -> io::Result<()> {
        let mut received = vec![0; reply];
        for round in 0..self.rounds / units {
            let filled = round < self.filled / units;
            let connections = &mut connections[..if filled { CONNECTIONS } else { 0 }];
            self.gate.hold()?;
            for connection in connections.iter_mut() {
                connection.write_all(bytes)?;
            }
            self.gate.release()?;
            for connection in connections {
                connection.read_exact(&mut received)?;
            }
            self.settle()?;
        }
        Ok(())
    }

    /// Waits until the server would be idle, so that each hold ends a wait of its runtime.
    fn settle(&mut self) -> io::Result<()> {
        self.probe.write_all(&text_frame(0))?;
        self.probe.read_exact(&mut [0; 2])
    }

    /// Opens sockets together and closes them together, until all rounds are done.
    fn open_and_close(&mut self) -> io::Result<()> {
        for round in 0..self.rounds {
            let opened = if round < self.filled { CONNECTIONS } else { 0 };
            self.gate.hold()?;
            let sockets: io::Result<Vec<_>> =
                (0..opened).map(|_| offer_socket(self.port)).collect();
            let mut sockets = sockets?;
            self.gate.release()?;
            sockets.iter_mut().try_for_each(accepted)?;
            self.settle()?;
            self.gate.hold()?;
            for socket in &mut sockets {
                // A close frame with status 1000, masked with zeros.
                socket.write_all(&[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8])?;
            }
            self.gate.release()?;
            for socket in &mut sockets {
                socket.read_to_end(&mut Vec::new())?;
            }
            self.settle()?;
        }
        Ok(())
    }
}

fn connected(port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

fn open_socket(port: u16) -> io::Result<TcpStream> {
    let mut stream = offer_socket(port)?;
    accepted(&mut stream)?;
    Ok(stream)
}

/// Sends an opening handshake.
fn offer_socket(port: u16) -> io::Result<TcpStream> {
    let mut stream = connected(port)?;
    stream.write_all(
        b"GET /ws/alice HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
          Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    )?;
    Ok(stream)
}

/// Receives the response to an opening handshake.
fn accepted(stream: &mut TcpStream) -> io::Result<()> {
    let head = read_head(stream)?;
    if !head.starts_with("HTTP/1.1 101 ") {
        return Err(io::Error::other(format!("no upgrade: {head}")));
    }
    Ok(())
}

fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// Reads a response and returns its length.
fn read_response(stream: &mut TcpStream) -> io::Result<usize> {
    let head = read_head(stream)?;
    if !head.starts_with("HTTP/1.1 200 ") {
        return Err(io::Error::other(format!("not a success: {head}")));
    }
    let length = head
        .to_ascii_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
        .ok_or_else(|| io::Error::other("a response without a length"))?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(head.len() + length)
}

/// Returns a masked text frame, whose text has a letter of two bytes in every 16 bytes.
fn text_frame(bytes: usize) -> Vec<u8> {
    const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut text = "fourteen bytesä".repeat(bytes / 16);
    while text.len() < bytes {
        text.push('.');
    }
    let mut frame = vec![0x81];
    if bytes < 126 {
        frame.push(0x80 | bytes as u8);
    } else {
        frame.push(0x80 | 126);
        frame.extend((bytes as u16).to_be_bytes());
    }
    frame.extend(KEY);
    frame.extend(
        text.bytes()
            .zip(KEY.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
    frame
}
