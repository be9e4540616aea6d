use http4k_ws::calls::{CallClient, Calls, Replies};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Watch;

#[derive(Calls)]
enum Board {
    Watch(Watch, Replies<u32>),
}

async fn watch(client: CallClient<Board>) {
    let _ = client.call(Watch).await;
}

fn main() {
    drop(watch);
}
