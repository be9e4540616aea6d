//! `#[contract_test]`: a test in each world, named for it.

use std::process::Command;
use std::time::{Duration, Instant};

use http4k_ws::contract_test;
use http4k_ws::prelude::*;
use http4k_ws::testing::WsClient;
use http4k_ws::testing::contract::{AsyncWorld, World};

async fn respond(mut ws: WebSocket, name: String) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(format!("{name} says {message}", message = message.text()))
            .await?;
    }
    Ok(())
}

fn told(name: String, body: String) -> String {
    format!("{name}: {body}")
}

routes! {
    fn app() -> PolyHandler {
        "/ws/<name>" => ws(respond(ws, name)),
        POST "/http/<name>" => http(told(name, _)),
    }
}

type TestResult = Result<(), Box<dyn std::error::Error>>;

#[contract_test(app())]
fn a_plain_function_has_sockets_and_http(world: &impl World) {
    let (mut ann, mut bob) = (world.ws("/ws/ann"), world.ws("/ws/bob"));
    ann.send("hi").expect("open");
    bob.send("").expect("open");
    assert_eq!(ann.received().next(), Some(Ok("ann says hi".into())));
    assert_eq!(bob.received().next(), Some(Ok("bob says ".into())));
    let answer = world.http(
        Request::post("/http/eve")
            .header("content-type", "text/plain")
            .body("hello"),
    );
    assert_eq!(
        (answer.status().as_u16(), answer.body()),
        (200, &Body::from("eve: hello"))
    );
    assert_eq!(world.http("/nowhere").status(), 404);
}

#[contract_test(app())]
async fn an_async_one_too(world: &impl AsyncWorld) -> TestResult {
    let (mut ann, mut bob) = (world.ws("/ws/ann").await, world.ws("/ws/bob").await);
    tokio::try_join!(ann.send("hi"), bob.send(""))?;
    assert_eq!(ann.recv().await?, Some("ann says hi".into()));
    assert_eq!(bob.recv().await?, Some("bob says ".into()));
    let answer = world
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
fn a_refusal_is_an_answer_with_its_status_and_text(world: &impl World) -> TestResult {
    let refusal = world
        .try_ws("/nowhere")
        .err()
        .ok_or("a socket was opened")?;
    assert_eq!(refusal.status(), 404);
    assert_eq!(
        refusal.body().as_text(),
        world.http("/nowhere").body().as_text()
    );
    Ok(())
}

#[contract_test(app())]
async fn a_refusal_is_an_answer_to_an_async_test(world: &impl AsyncWorld) {
    let refusal = world.try_ws("/nowhere").await.expect_err("no route");
    assert_eq!(refusal.status(), 404);
}

#[contract_test(app())]
#[should_panic(expected = "the upgrade of /nowhere was refused: 404")]
fn a_refusal_that_nobody_expected_fails_the_test(world: &impl World) {
    world.ws("/nowhere");
}

#[contract_test(|request: Request| async move { request.header("x-key").unwrap_or("none").to_owned() })]
fn an_application_is_whatever_can_be_served(world: &impl World) {
    assert_eq!(
        world.http(Request::get("/").header("x-key", "7")).body(),
        "7"
    );
    assert_eq!(world.http("/").body(), "none");
}

#[contract_test(app(), crate = ::http4k_ws)]
fn each_test_has_an_application_of_its_own<W: World>(world: &W) {
    assert_eq!(world.http("/ws/bob").status(), 426);
}

/// Fails over a network, and only there.
#[contract_test(app())]
#[ignore]
fn fails_somewhere(world: &impl World) {
    let known = std::any::type_name_of_val(world);
    assert!(!known.ends_with("OverNetwork"), "as it should");
}

#[test]
fn a_failure_says_in_which_world_it_was() {
    let this = std::env::current_exe().expect("a test is a program");
    let tests = Command::new(this)
        .args([
            "--ignored",
            "--test-threads=1",
            "contract::attribute::fails_somewhere",
        ])
        .output()
        .expect("the program runs");
    let told = String::from_utf8_lossy(&tests.stdout);
    for (world, outcome) in [
        ("in_memory", "ok"),
        ("over_the_network", "FAILED"),
        ("over_duplex", "ok"),
    ] {
        let line = format!("test contract::attribute::fails_somewhere::{world} ... {outcome}");
        assert!(told.contains(&line), "{line}\nis not in\n{told}");
    }
}

/// Beats once an hour.
async fn hourly(ws: WebSocket) -> WsResult {
    loop {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        ws.send("beat").await?;
    }
}

#[test]
fn time_is_virtual_in_the_worlds_without_a_network() {
    fn beats<C: WsClient>(world: &impl World<Client = C>) {
        let mut client = world.ws("/");
        client.expect_silence(Duration::from_secs(3599));
        let day: Vec<_> = client.received().take(24).map(Result::unwrap).collect();
        assert_eq!(day, ["beat"; 24]);
    }
    let began = Instant::now();
    beats(&http4k_ws::testing::InMemory::new(hourly));
    beats(&http4k_ws::testing::contract::OverDuplex::new(hourly));
    assert!(began.elapsed() < Duration::from_secs(60));
}
