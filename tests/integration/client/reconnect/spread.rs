//! Many clients of one server, whose return is spread over time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http4k_ws::client::ConnectError;
use http4k_ws::client::reconnect::{Reconnecting, ReconnectingWebSocket};
use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::prelude::*;
use tokio::time::Instant;

use super::echo;

const CLIENTS: usize = 1000;
const WINDOW: Duration = Duration::from_millis(100);

/// Returns the delays of clients that were all rejected at once with `retry_after`.
async fn returns(retry_after: &'static str) -> Vec<Duration> {
    let app = echo.into_poly_handler();
    let returned = Arc::new(Mutex::new(Vec::new()));
    let begun = Instant::now();
    let clients: Vec<ReconnectingWebSocket> = (0..CLIENTS)
        .map(|_| {
            let (app, returned) = (app.clone(), Arc::clone(&returned));
            let mut attempts = 0;
            let connect = move || {
                attempts += 1;
                let first = attempts == 1;
                if !first {
                    returned.lock().unwrap().push(begun.elapsed());
                }
                let app = app.clone();
                async move {
                    if first {
                        let refusal = StatusCode::SERVICE_UNAVAILABLE.into_response();
                        let refusal = refusal.with_header("retry-after", retry_after);
                        return Err(ConnectError::from(refusal));
                    }
                    app.connect_ws("/").await.map_err(ConnectError::from)
                }
            };
            Reconnecting::over(connect).start()
        })
        .collect();
    for client in &clients {
        client.send("back again").await.expect("room");
        client.flush().await.expect("a connection");
    }
    let mut returned = returned.lock().unwrap().clone();
    returned.sort_unstable();
    returned
}

#[tokio::test(start_paused = true)]
async fn at_most_three_percent_return_within_any_tenth_of_a_second() {
    for (retry_after, least, most) in [
        ("0", 0, 10),
        ("5", 5, 15),
        ("120", 120, 130),
        ("31536000", 300, 310),
    ] {
        let returns = returns(retry_after).await;
        assert_eq!(returns.len(), CLIENTS);
        for (index, first) in returns.iter().enumerate() {
            let together = returns[index..]
                .iter()
                .take_while(|time| **time < *first + WINDOW);
            assert!(
                together.count() <= CLIENTS * 3 / 100,
                "{retry_after}: at {first:?}"
            );
        }
        assert!(returns[0] >= Duration::from_secs(least), "{retry_after}");
        let last = returns[CLIENTS - 1];
        assert!(
            last <= Duration::from_secs(most) + WINDOW,
            "{retry_after}: {last:?}"
        );
    }
}
