//! Calls over a socket: a board of cards, which its clients change and watch.
//!
//! ```text
//! cargo run --example calls
//! ```
//!
//! Then, for example with `websocat ws://127.0.0.1:9000/board`, send these lines:
//!
//! ```text
//! {"id": 1, "call": "watch"}
//! {"id": 2, "call": "add", "args": {"title": "tea"}}
//! {"id": 3, "call": "rename", "args": {"card": 0, "title": "green tea"}}
//! {"id": 4, "call": "rename", "args": {"card": 9, "title": "coffee"}}
//! {"id": 1, "cancel": true}
//! ```

use std::sync::Arc;

use http4k_ws::calls::{CallProblem, CallResult, CallSocket, Calls, Replies, Reply};
use http4k_ws::prelude::*;
use tokio::sync::watch;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Card {
    id: usize,
    title: String,
}

#[derive(Serialize, Deserialize)]
struct Add {
    title: String,
}

#[derive(Serialize, Deserialize)]
struct Rename {
    card: usize,
    title: String,
}

#[derive(Serialize, Deserialize)]
struct Watch;

/// The calls of a board.
#[derive(Calls)]
enum BoardCall {
    /// Adds a card at the end.
    Add(Add, Reply<Card>),
    /// Changes the title of a card.
    Rename(Rename, Reply<Card>),
    /// Sends all cards, now and after each change.
    Watch(Watch, Replies<Vec<Card>>),
}

/// The cards, which clients watch.
#[derive(Default)]
struct Board(watch::Sender<Vec<Card>>);

impl Board {
    fn add(&self, title: String) -> Card {
        let mut added = Card { id: 0, title };
        self.0.send_modify(|cards| {
            added.id = cards.len();
            cards.push(added.clone());
        });
        added
    }

    fn rename(&self, id: usize, title: String) -> Result<Card, CallProblem> {
        let mut renamed = None;
        self.0.send_if_modified(|cards| {
            if let Some(card) = cards.get_mut(id) {
                card.title = title;
                renamed = Some(card.clone());
            }
            renamed.is_some()
        });
        let missing =
            || CallProblem::new(StatusCode::NOT_FOUND).with_detail(format!("no card {id}"));
        renamed.ok_or_else(missing)
    }
}

async fn respond(board: &Board, call: BoardCall) -> CallResult {
    match call {
        BoardCall::Add(Add { title }, reply) => reply.send(board.add(title)),
        BoardCall::Rename(Rename { card, title }, reply) => reply.send(board.rename(card, title)?),
        BoardCall::Watch(Watch, mut replies) => {
            let mut changes = board.0.subscribe();
            loop {
                let cards = changes.borrow_and_update().clone();
                replies.send(cards).await?;
                if changes.changed().await.is_err() {
                    return replies.end();
                }
            }
        }
    }
}

async fn serve(ws: CallSocket<BoardCall>, board: Arc<Board>) -> WsResult {
    ws.serve_calls(|call| respond(&board, call)).await
}

routes! {
    fn app(board: Arc<Board>) -> PolyHandler {
        "/board" => ws(serve(ws, board)),
    }
}

fn main() -> std::io::Result<()> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or("127.0.0.1:9000".to_owned());
    let server = app(Arc::default()).as_server(address).start()?;
    println!("listening on ws://{}/board", server.addr());
    server.block();
    Ok(())
}

#[cfg(test)]
mod tests {
    use http4k_ws::calls::CallClient;

    use super::*;

    async fn client(app: &PolyHandler) -> CallClient<BoardCall> {
        app.connect_ws("/board").await.expect("it accepts").calls()
    }

    fn card(id: usize, title: &str) -> Card {
        let title = title.to_owned();
        Card { id, title }
    }

    #[tokio::test]
    async fn a_client_sees_the_changes_of_another() {
        let app = app(Arc::default());
        let (ann, bob) = (client(&app).await, client(&app).await);
        let mut seen = bob.stream(Watch);
        assert_eq!(seen.recv().await, Ok(Some(vec![])));

        let title = "tea".to_owned();
        assert_eq!(ann.call(Add { title }).await, Ok(card(0, "tea")));
        assert_eq!(seen.recv().await, Ok(Some(vec![card(0, "tea")])));

        let title = "green tea".to_owned();
        assert_eq!(
            ann.call(Rename { card: 0, title }).await,
            Ok(card(0, "green tea"))
        );
        assert_eq!(seen.recv().await, Ok(Some(vec![card(0, "green tea")])));
    }

    #[tokio::test]
    async fn a_card_that_is_missing_is_a_problem() {
        let ann = client(&app(Arc::default())).await;
        let title = "coffee".to_owned();
        let failed = ann.call(Rename { card: 9, title }).await.unwrap_err();
        assert_eq!(
            failed.to_string(),
            "the call failed: 404 Not Found: no card 9"
        );
    }
}
