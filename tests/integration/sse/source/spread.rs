//! Many sources of one server, whose return is spread over time.

use std::time::Duration;

use http4k_ws::client::EventSource;
use tokio::task::JoinSet;

use super::{ending, open, source};

const CLIENTS: usize = 1000;
const WINDOW: Duration = Duration::from_millis(100);

/// Returns the times at which sources return after a server has ended all streams with `retry`.
async fn returns(retry: u64) -> Vec<Duration> {
    let mut sources = JoinSet::new();
    for _ in 0..CLIENTS {
        let (request, requests) = source(move |number, _| match number {
            1 => ending(&format!("retry: {retry}\ndata: a\n\n")),
            _ => open("data: back\n\n"),
        });
        sources.spawn(async move {
            let mut source: EventSource = request.start();
            for _ in 0..2 {
                source.recv().await.expect("a stream").expect("an event");
            }
            requests.times()[1]
        });
    }
    let mut returns = sources.join_all().await;
    returns.sort_unstable();
    returns
}

/// Case S4.
#[tokio::test(start_paused = true)]
async fn at_most_three_percent_return_within_any_tenth_of_a_second() {
    for (retry, least, most) in [
        (0, 0, 10),
        (50, 0, 11),
        (5_000, 5, 15),
        (u64::MAX, 300, 310),
    ] {
        let returns = returns(retry).await;
        assert_eq!(returns.len(), CLIENTS);
        for (index, first) in returns.iter().enumerate() {
            let together = returns[index..]
                .iter()
                .take_while(|time| **time < *first + WINDOW);
            assert!(
                together.count() <= CLIENTS * 3 / 100,
                "{retry}: at {first:?}"
            );
        }
        assert!(returns[0] >= Duration::from_secs(least), "{retry}");
        let last = returns[CLIENTS - 1];
        assert!(
            last <= Duration::from_secs(most) + WINDOW,
            "{retry}: {last:?}"
        );
    }
}
