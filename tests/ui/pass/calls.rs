//! Calls in every form that is accepted.

use http4k_ws::calls::{
    CallClient, CallError, CallReply, CallResult, CallSocket, Calls, Replies, Reply,
};
use http4k_ws::{StatusCode, WsResult, routes};
use serde::{Deserialize, Serialize};

mod args {
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    pub struct Add {
        pub title: String,
    }

    #[derive(Serialize, Deserialize)]
    pub struct List<T> {
        pub of: T,
    }
}

#[derive(Serialize, Deserialize)]
pub struct Clear;

/// Calls with notices, renamed calls, and arguments of another module.
#[derive(Calls)]
#[calls(rename_all = "camelCase", notice = Vec<String>)]
pub enum Board {
    /// Adds a card.
    AddCard(args::Add, Reply<(u32, String)>),
    #[calls(rename = "list")]
    ListOf(args::List<String>, Replies<Option<u8>>),
    r#Clear(Clear, http4k_ws::calls::Reply<()>),
}

/// A set without calls.
#[derive(Calls)]
enum None {}

async fn respond(next: &mut u32, call: Board) -> CallResult {
    match call {
        Board::AddCard(args::Add { title }, reply) => {
            *next += 1;
            reply.send((*next, title))
        }
        Board::ListOf(_, mut replies) => {
            replies.send(Some(1)).await?;
            replies.end()
        }
        Board::Clear(Clear, _) => {
            "x".parse::<u8>()?;
            Err(http4k_ws::calls::CallProblem::new(StatusCode::NOT_FOUND))?
        }
    }
}

async fn board(ws: CallSocket<Board>) -> WsResult {
    ws.send(CallReply::notice(vec![])).await?;
    ws.serve_calls(|call| async move { respond(&mut 0, call).await })
        .await
}

async fn none(ws: CallSocket<None>) -> WsResult {
    ws.serve_calls(|call| async move { match call {} }).await
}

async fn client(client: CallClient<Board>) -> Result<(), CallError> {
    let title = String::new();
    let _card: (u32, String) = client.call(args::Add { title }).await?;
    let of = String::new();
    let _item: Option<Option<u8>> = client.stream(args::List { of }).recv().await?;
    client.call(Clear).await
}

#[test]
fn accepted() {
    assert_eq!(Board::CALLS.map_names(), ["addCard", "list", "clear"]);
    let _app = routes! { "/board" => ws(board(ws)), "/none" => ws(none(ws)) };
    let _ = client;
}

trait MapNames {
    fn map_names(&self) -> Vec<&'static str>;
}

impl MapNames for [http4k_ws::calls::CallInfo] {
    fn map_names(&self) -> Vec<&'static str> {
        self.iter().map(|call| call.name()).collect()
    }
}
