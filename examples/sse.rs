//! Server-sent events: a typed stream, and one that goes on after its last event when a client
//! reconnects.
//!
//! ```text
//! cargo run --example sse
//! ```
//!
//! Then open <http://127.0.0.1:9000/>, or run `curl -N http://127.0.0.1:9000/countdown/10`.

use std::time::Duration;

use http4k_ws::http::header::CONTENT_TYPE;
use http4k_ws::prelude::*;
use http4k_ws::sse::{self, Sse, SseEvent, SseResult};
use tokio::time::sleep;

const SECOND: Duration = Duration::from_secs(1);

/// The temperature of a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
pub(crate) struct Temperature {
    pub(crate) room: String,
    pub(crate) celsius: i32,
}

/// Sends the temperature of a room every second, as JSON.
async fn temperatures(sse: Sse<Temperature>, room: String) -> SseResult {
    for celsius in (19..24).cycle() {
        let room = room.clone();
        sse.send(Temperature { room, celsius }).await?;
        sleep(SECOND).await;
    }
    Ok(())
}

/// Sends the numbers below `above` to 0, one a second, each with its own id.
async fn count_down(sse: Sse, above: u32) -> SseResult {
    for number in (0..above).rev() {
        sleep(SECOND).await;
        let event = SseEvent::new(number.to_string());
        sse.send(event.named("number").with_id(number)).await?;
    }
    Ok(())
}

/// Counts down from `from`. A client that reconnects sends the id of its last event, and receives
/// the numbers below it. After 0, the response 204 tells it to stop.
fn countdown(req: Request, from: u32) -> Response {
    let last = req.header("last-event-id").and_then(|id| id.parse().ok());
    match last {
        Some(0) => StatusCode::NO_CONTENT.into_response(),
        _ => {
            let above = last.unwrap_or(from.saturating_add(1));
            sse::respond(req, move |sse| count_down(sse, above))
        }
    }
}

fn page() -> Response {
    Response::new(Body::from(include_str!("sse.html")))
        .with_header(CONTENT_TYPE, "text/html; charset=utf-8")
}

routes! {
    pub(crate) fn app() -> PolyHandler {
        GET "/"                    => http(page()),
        GET "/temperatures/<room>" => sse(temperatures(sse, room)),
        GET "/countdown/<from>"    => http(countdown(req, from)),
    }
}

fn main() -> std::io::Result<()> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or("127.0.0.1:9000".to_owned());
    let server = app().as_server(address).start()?;
    println!("listening on http://{}/", server.addr());
    server.block();
    Ok(())
}

#[cfg(test)]
mod tests {
    use http4k_ws::sse::FromSseEvent;
    use http4k_ws::testing::{NextEvent, SseClient};

    use super::*;

    #[test]
    fn a_temperature_is_sent_every_second() {
        let mut client = app().test_sse("/temperatures/kitchen");
        let mut temperature = |celsius| {
            let event = client.received().next().unwrap().unwrap();
            let room = "kitchen".to_owned();
            let expected = Temperature { room, celsius };
            assert_eq!(Temperature::from_sse_event(event), Ok(expected));
            client.expect_silence(SECOND - Duration::from_millis(1));
        };
        temperature(19);
        temperature(20);
    }

    #[test]
    fn a_countdown_goes_on_after_the_last_event() {
        let mut client = app().test_sse("/countdown/3");
        client.advance(SECOND * 2);
        let numbers: Vec<_> = client
            .received()
            .take(2)
            .map(|event| event.unwrap())
            .collect();
        assert_eq!(numbers[0], SseEvent::new("3").named("number").with_id(3));
        assert_eq!(client.last_event_id(), "2");

        let again = Request::get("/countdown/3").header("last-event-id", "2");
        let mut client = app().test_sse(again);
        let numbers = client.received().map(|event| event.unwrap().into_data());
        assert_eq!(numbers.collect::<Vec<_>>(), ["1", "0"]);
    }

    #[test]
    fn a_countdown_that_is_over_tells_the_client_to_stop() {
        let again = Request::get("/countdown/3").header("last-event-id", "0");
        let response = app().try_test_sse(again).unwrap_err();
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
    }

    #[test]
    fn a_client_that_leaves_stops_nothing_else() {
        let app = app();
        let mut first = app.test_sse("/countdown/2");
        let mut second = app.test_sse("/countdown/2");
        first.close();
        second.advance(SECOND);
        let next = SseEvent::new("2").named("number").with_id(2);
        assert_eq!(second.next(), NextEvent::Event(next));
    }
}
