//! The delay before a reconnection.

use std::time::Duration;

use http4k_ws::client::EventSource;
use http4k_ws::client::reconnect::ReconnectPolicy;

use super::{at_once, breaking, data, ending, source};

/// Case S4.
#[tokio::test(start_paused = true)]
async fn the_retry_of_the_server_is_the_delay() {
    let (request, requests) = source(|number, _| match number {
        1 => ending("retry: 50\n\ndata: a\n\n"),
        2 => ending("data: b\n\n"),
        3 => ending("retry: 2000\ndata: c\n\nretry: soon\n"),
        4 => breaking("data: d\n\n"),
        5 => ending("retry: 99999999999999999999\ndata: e\n\n"),
        6 => ending("retry: 0\ndata: f\n\n"),
        _ => ending("data: g\n\n"),
    });
    let mut source: EventSource = request.with_policy(at_once()).start();
    for expected in ["a", "b", "c", "d", "e", "f", "g"] {
        assert_eq!(data(&mut source).await, expected);
    }
    let times = requests.times();
    let delays: Vec<_> = times
        .windows(2)
        .map(|two| (two[1] - two[0]).as_millis())
        .collect();
    assert_eq!(delays, [50, 50, 2000, 2000, 300_000, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_random_time_is_added_to_it() {
    let (request, requests) = source(|_, _| ending("retry: 5000\ndata: a\n\n"));
    let mut source: EventSource = request.start();
    for _ in 0..200 {
        assert_eq!(data(&mut source).await, "a");
    }
    let times = requests.times();
    let delays: Vec<_> = times
        .windows(2)
        .map(|two| (two[1] - two[0]).as_secs_f64())
        .collect();
    assert!(
        delays.iter().all(|delay| (5.0..15.1).contains(delay)),
        "{delays:?}"
    );
    assert!(delays.iter().any(|delay| *delay < 6.0) && delays.iter().any(|delay| *delay > 14.0));
}

#[tokio::test(start_paused = true)]
async fn without_a_retry_the_delay_is_that_of_the_policy() {
    let (request, requests) = source(|_, _| ending("data: a\n\n"));
    let policy = ReconnectPolicy::default().with_seed(7);
    let mut source: EventSource = request.with_policy(policy).start();
    for _ in 0..100 {
        assert_eq!(data(&mut source).await, "a");
    }
    let times = requests.times();
    let longest = times.windows(2).map(|two| two[1] - two[0]).max();
    let bounds = Duration::from_millis(400)..=Duration::from_millis(501);
    assert!(bounds.contains(&longest.expect("delays")), "{longest:?}");
}
