use http4k_ws::calls::{CallClient, Calls, Reply};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Now;

#[derive(Calls)]
enum Clock {
    Now(Now, Reply<u32>),
}

#[derive(Serialize, Deserialize)]
struct Rename;

#[derive(Calls)]
enum Board {
    Rename(Rename, Reply<u32>),
}

async fn now(client: CallClient<Board>) {
    let _ = client.call(Now).await;
}

fn main() {
    drop(now);
}
