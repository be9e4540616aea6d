//! Random scripts, whose effects on both sides are the same in every backend.

use std::sync::mpsc::{Receiver, Sender, channel};

use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::{NextMessage, WsClient};
use http4k_ws::{PolyHandler, WebSocket, WsError, WsMessage, WsResult, WsStatus};

use super::backends::{Backend, Duplex, Memory, Network, next_report};

const SCRIPTS: u64 = 1000;

/// An action of the client.
#[derive(Debug, Clone)]
enum Step {
    /// Sends these messages at once, then receives the responses.
    Exchange(Vec<WsMessage>),
    /// Makes the application send this many messages.
    Burst(u32),
    /// Makes the application end the socket.
    Order(&'static str),
    Close(WsStatus),
    Drop,
}

/// The observations of both sides of a socket.
#[derive(Debug, PartialEq, Eq)]
struct Trace {
    client: Vec<NextMessage>,
    application: Vec<WsMessage>,
    end: WsStatus,
}

/// Follows the script's orders, and reports the messages it received and the end of its socket.
fn application(tell: Sender<(Vec<WsMessage>, WsStatus)>) -> PolyHandler {
    async fn talk(ws: &mut WebSocket, seen: &mut Vec<WsMessage>) -> WsResult {
        while let Some(message) = ws.recv().await? {
            seen.push(message.clone());
            let text = message.text().into_owned();
            match text.split_once(':') {
                Some(("burst", count)) => {
                    for number in 0..count.parse()? {
                        let number: u32 = number;
                        ws.send(number.to_string()).await?;
                    }
                }
                Some(("close", code)) => ws.close(WsStatus::new(code.parse()?, "on purpose")?),
                Some(("fail", _)) => return Err(std::io::Error::other("on purpose").into()),
                Some(("refuse", _)) => return Err(WsError::closing(WsStatus::POLICY_VIOLATION)),
                Some(("return", _)) => return Ok(()),
                _ => ws.send(message).await?,
            }
        }
        Ok(())
    }
    let application = move |mut ws: WebSocket| {
        let (tell, ended) = (tell.clone(), ws.closed());
        async move {
            let mut seen = Vec::new();
            let result = talk(&mut ws, &mut seen).await;
            tokio::spawn(async move { tell.send((seen, ended.await)) });
            result
        }
    };
    application.into_poly_handler()
}

/// One backend, in which scripts run one after the other.
struct Stage<B> {
    backend: B,
    listen: Receiver<(Vec<WsMessage>, WsStatus)>,
}

impl<B: Backend> Stage<B> {
    fn new() -> Self {
        let (tell, listen) = channel();
        let backend = B::start(application(tell), SessionConfig::default());
        Self { backend, listen }
    }

    fn run(&self, script: &[Step]) -> Trace {
        let mut client = Some(self.backend.connect("/"));
        let seen = play(&mut client, script);
        drop(client);
        let (application, end) = next_report(&self.listen);
        Trace {
            client: seen,
            application,
            end,
        }
    }
}

fn play<C: WsClient>(client: &mut Option<C>, script: &[Step]) -> Vec<NextMessage> {
    let mut seen = Vec::new();
    for step in script {
        let Some(socket) = client else { break };
        match step {
            Step::Exchange(messages) => {
                for message in messages {
                    socket.send(message.clone()).expect("open");
                }
                seen.extend(messages.iter().map(|_| socket.next()));
            }
            Step::Burst(count) => {
                socket.send(format!("burst:{count}")).expect("open");
                seen.extend((0..*count).map(|_| socket.next()));
            }
            Step::Order(order) => {
                socket.send(*order).expect("open");
                seen.push(socket.next());
                seen.push(socket.next());
            }
            Step::Close(status) => {
                socket.close(status.clone());
                seen.extend(socket.closed().map(NextMessage::Closed));
            }
            Step::Drop => *client = None,
        }
    }
    seen
}

/// A small generator of numbers, the same for the same seed (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % limit
    }

    fn message(&mut self) -> WsMessage {
        let lengths = [0, 1, 125, 126, 127, 1000, 65_535, 65_536, 70_000];
        let length = lengths[self.below(lengths.len() as u64) as usize];
        match self.below(3) {
            0 => WsMessage::new_binary(vec![self.below(256) as u8; length]),
            1 => WsMessage::new_text("é".repeat(length / 2)),
            _ => WsMessage::new_text("a".repeat(length)),
        }
    }

    fn script(&mut self) -> Vec<Step> {
        let mut script: Vec<_> = (0..self.below(5))
            .map(|_| match self.below(4) {
                0 => Step::Burst(self.below(600) as u32),
                _ => Step::Exchange((0..self.below(8)).map(|_| self.message()).collect()),
            })
            .collect();
        let orders = [
            "close:1000",
            "close:4999",
            "close:1001",
            "fail:",
            "refuse:",
            "return:",
        ];
        script.push(match self.below(4) {
            0 => Step::Drop,
            1 => {
                let codes = [1000, 1001, 1008, 1011, 3000, 4999];
                let code = codes[self.below(codes.len() as u64) as usize];
                Step::Close(WsStatus::new(code, "enough").expect("a status that can be sent"))
            }
            _ => Step::Order(orders[self.below(orders.len() as u64) as usize]),
        });
        script
    }
}

#[test]
fn every_script_has_the_same_effects_in_every_backend() {
    let (memory, duplex) = (Stage::<Memory>::new(), Stage::<Duplex>::new());
    let network = Stage::<Network>::new();
    for seed in 1..=SCRIPTS {
        let script = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)).script();
        let seen = memory.run(&script);
        for (backend, there) in [
            ("over pipes", duplex.run(&script)),
            ("over the network", network.run(&script)),
        ] {
            assert_eq!(seen, there, "{backend}, seed {seed}: {script:?}");
        }
    }
}
