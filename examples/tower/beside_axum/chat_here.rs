//! A chat with rooms, in this library.

use http4k_ws::prelude::*;
use http4k_ws::topics::Topics;

#[derive(Serialize, Deserialize, Message)]
struct Say {
    text: String,
}

#[derive(Clone, Serialize, Deserialize, Message)]
struct Said {
    who: String,
    text: String,
}

async fn talk(
    mut ws: WebSocket<Say, Said>,
    rooms: Topics<Said>,
    room: String,
    who: String,
) -> WsResult {
    let here = rooms.topic(room).join_plain(&ws).await?;
    while let Some(Say { text }) = ws.recv().await? {
        let who = who.clone();
        here.publish(Said { who, text }).await?;
    }
    Ok(())
}

routes! {
    fn routed(rooms: Topics<Said>) -> PolyHandler {
        "/rooms/<room>/<who>" => ws(talk(ws, rooms, room, who)),
    }
}

pub(crate) fn app() -> PolyHandler {
    routed(Topics::new("room"))
}
