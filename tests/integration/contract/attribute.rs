//! `#[contract_test]`, which runs a test in each backend and names it for the backend.

use std::process::Command;
use std::time::{Duration, Instant};

use http4k_ws::contract_test;
use http4k_ws::prelude::*;
use http4k_ws::testing::WsClient;
use http4k_ws::testing::contract::{AsyncBackend, Backend};

async fn respond(mut ws: WebSocket, name: String) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(format!("{name} says {message}", message = message.text()))
            .await?;
    }
    Ok(())
}

fn say(name: String, body: String) -> String {
    format!("{name}: {body}")
}

routes! {
    fn app() -> PolyHandler {
        "/ws/<name>" => ws(respond(ws, name)),
        POST "/http/<name>" => http(say(name, _)),
    }
}

type TestResult = Result<(), Box<dyn std::error::Error>>;

#[contract_test(app())]
fn a_plain_function_uses_sockets_and_http(backend: &impl Backend) {
    let (mut ann, mut bob) = (backend.ws("/ws/ann"), backend.ws("/ws/bob"));
    ann.send("hi").expect("open");
    bob.send("").expect("open");
    assert_eq!(ann.received().next(), Some(Ok("ann says hi".into())));
    assert_eq!(bob.received().next(), Some(Ok("bob says ".into())));
    let answer = backend.http(
        Request::post("/http/eve")
            .header("content-type", "text/plain")
            .body("hello"),
    );
    assert_eq!(
        (answer.status().as_u16(), answer.body()),
        (200, &Body::from("eve: hello"))
    );
    assert_eq!(backend.http("/nowhere").status(), 404);
}

#[contract_test(app())]
async fn an_async_function_uses_sockets_and_http(backend: &impl AsyncBackend) -> TestResult {
    let (mut ann, mut bob) = (backend.ws("/ws/ann").await, backend.ws("/ws/bob").await);
    tokio::try_join!(ann.send("hi"), bob.send(""))?;
    assert_eq!(ann.recv().await?, Some("ann says hi".into()));
    assert_eq!(bob.recv().await?, Some("bob says ".into()));
    let answer = backend
        .http(
            Request::post("/http/eve")
                .header("content-type", "text/plain")
                .body("hello"),
        )
        .await;
    assert_eq!(answer.body(), "eve: hello");
    Ok(())
}

#[contract_test(app())]
fn a_refusal_is_a_response_with_its_status_and_text(backend: &impl Backend) -> TestResult {
    let refusal = backend
        .try_ws("/nowhere")
        .err()
        .ok_or("a socket was opened")?;
    assert_eq!(refusal.status(), 404);
    assert_eq!(
        refusal.body().as_text(),
        backend.http("/nowhere").body().as_text()
    );
    Ok(())
}

#[contract_test(app())]
async fn a_refusal_is_a_response_in_an_async_test(backend: &impl AsyncBackend) {
    let refusal = backend.try_ws("/nowhere").await.expect_err("no route");
    assert_eq!(refusal.status(), 404);
}

#[contract_test(app())]
#[should_panic(expected = "the upgrade of /nowhere was refused: 404")]
fn an_unexpected_refusal_fails_the_test(backend: &impl Backend) {
    backend.ws("/nowhere");
}

#[contract_test(|request: Request| async move { request.header("x-key").unwrap_or("none").to_owned() })]
fn every_servable_type_is_an_application(backend: &impl Backend) {
    assert_eq!(
        backend.http(Request::get("/").header("x-key", "7")).body(),
        "7"
    );
    assert_eq!(backend.http("/").body(), "none");
}

#[contract_test(app(), crate = ::http4k_ws)]
fn each_test_has_its_own_application<B: Backend>(backend: &B) {
    assert_eq!(backend.http("/ws/bob").status(), 426);
}

/// Fails over a network only.
#[contract_test(app())]
#[ignore]
fn fails_over_a_network(backend: &impl Backend) {
    let known = std::any::type_name_of_val(backend);
    assert!(!known.ends_with("OverNetwork"), "on purpose");
}

#[test]
fn a_failure_names_its_backend() {
    let this = std::env::current_exe().expect("a test is a program");
    let tests = Command::new(this)
        .args([
            "--ignored",
            "--test-threads=1",
            "contract::attribute::fails_over_a_network",
        ])
        .output()
        .expect("the program runs");
    let say = String::from_utf8_lossy(&tests.stdout);
    for (backend, outcome) in [
        ("in_memory", "ok"),
        ("over_the_network", "FAILED"),
        ("over_duplex", "ok"),
    ] {
        let line =
            format!("test contract::attribute::fails_over_a_network::{backend} ... {outcome}");
        assert!(say.contains(&line), "{line}\nis not in\n{say}");
    }
}

/// Sends a message once an hour.
async fn hourly(ws: WebSocket) -> WsResult {
    loop {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        ws.send("beat").await?;
    }
}

#[test]
fn time_is_virtual_in_the_backends_without_a_network() {
    fn beats<C: WsClient>(backend: &impl Backend<Client = C>) {
        let mut client = backend.ws("/");
        client.expect_silence(Duration::from_secs(3599));
        let day: Vec<_> = client.received().take(24).map(Result::unwrap).collect();
        assert_eq!(day, ["beat"; 24]);
    }
    let began = Instant::now();
    beats(&http4k_ws::testing::InMemory::new(hourly));
    beats(&http4k_ws::testing::contract::OverDuplex::new(hourly));
    assert!(began.elapsed() < Duration::from_secs(60));
}
