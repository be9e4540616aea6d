//! Three hundred socket tests, as an application has them, timed as one suite.
//!
//! ```text
//! cargo test -p http4k-ws-workspace --test in_memory_suite
//! ```
//!
//! Each test opens its own sockets in memory; some wait for hours of virtual time. The last line of
//! the
//! output shows the time, which is under a second in a debug build. No test asserts it, because it
//! depends on
//! the machine.

#![allow(missing_docs)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http4k_ws::WsError;
use http4k_ws::prelude::*;
use http4k_ws::testing::NextMessage;
use http4k_ws::testing::WsClient;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Message)]
struct Person {
    name: String,
    age: usize,
}

async fn greet(mut ws: WebSocket, name: String) -> WsResult {
    ws.send(format!("hello {name}")).await?;
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

async fn age(mut ws: WebSocket<Person, Person>, years: usize) -> WsResult {
    while let Some(person) = ws.recv().await? {
        let age = person.age + years;
        ws.send(Person { age, ..person }).await?;
    }
    Ok(())
}

async fn beat(ws: WebSocket, seconds: u64) -> WsResult {
    for beat in 1..=3 {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        ws.send(format!("beat {beat}")).await?;
    }
    Ok(())
}

async fn obey(mut ws: WebSocket, code: u16) -> WsResult {
    match ws.recv().await? {
        Some(order) if order == "panic" => panic!("on purpose"),
        Some(order) if order == "fail" => Err(std::io::Error::other("on purpose").into()),
        _ => Err(WsError::closing(WsStatus::new(code, "on purpose")?)),
    }
}

fn sum(ws: WebSocket, start: i64) {
    let (sender, mut sum) = (ws.sender(), start);
    ws.on_message(move |message| {
        sum += message.text().parse::<i64>()?;
        WsResult::Ok(sender.try_send(sum.to_string())?)
    });
}

type Members = Arc<Mutex<Vec<WsSender>>>;

async fn join(mut ws: WebSocket, members: Members) -> WsResult {
    members.lock().expect("nobody panics").push(ws.sender());
    while let Some(message) = ws.recv().await? {
        for member in members.lock().expect("nobody panics").iter() {
            member.try_send(message.clone())?;
        }
    }
    Ok(())
}

fn app() -> PolyHandler {
    let members = Members::default();
    routes! {
        GET "/hello/<name>" => http(|name: String| async move { format!("hello {name}") }),
        "/hello/<name>" => ws(greet(ws, name)),
        "/age/<years>" => ws(age(ws, years)),
        "/beat/<seconds>" => ws(beat(ws, seconds)),
        "/obey/<code>" => ws(obey(ws, code)),
        "/sum/<start>" => ws(sum(ws, start)),
        "/room" => ws(join(ws, members)),
    }
}

fn texts(client: &mut impl WsClient, count: usize) -> Vec<String> {
    let texts = client.received().take(count);
    texts
        .map(|message| message.expect("an open socket").text().into_owned())
        .collect()
}

fn the_greeting_has_the_name(number: usize) {
    let mut client = app().test_ws(format!("/hello/bob{number}"));
    assert_eq!(texts(&mut client, 1), [format!("hello bob{number}")]);
    client.expect_silence(Duration::from_secs(3600));
}

fn text_is_echoed(number: usize) {
    let mut client = app().test_ws("/hello/bob");
    let sent: Vec<_> = (0..number).map(|message| message.to_string()).collect();
    for message in &sent {
        client.send(message.as_str()).expect("an open socket");
    }
    assert_eq!(texts(&mut client, number + 1)[1..], sent);
}

fn bytes_are_echoed(number: usize) {
    let mut client = app().test_ws("/hello/bob");
    let bytes = vec![number as u8; number * 1000];
    client.send(bytes.clone()).expect("an open socket");
    let echoed = client.received().nth(1);
    assert_eq!(echoed, Some(Ok(WsMessage::new_binary(bytes))));
}

fn a_person_ages(number: usize) {
    let mut client = app().test_ws(format!("/age/{number}"));
    let name = "Bob".to_owned();
    let bob = Person {
        name,
        age: 2 * number,
    };
    client
        .send(bob.into_message().expect("JSON"))
        .expect("an open socket");
    let aged = client.received().next().expect("a message");
    let aged = Person::from_message(aged.expect("an open socket")).expect("a person");
    assert_eq!(aged.age, 3 * number);
}

fn values_that_are_not_a_person_are_rejected(number: usize) {
    let mut client = app().test_ws("/age/1");
    client
        .send(format!(r#"{{"age":{number}}}"#))
        .expect("an open socket");
    assert_eq!(client.closed().expect("an end").code(), 1007);
}

fn beats_arrive_in_virtual_time(number: usize) {
    let seconds = 60 * (number as u64 + 1);
    let mut client = app().test_ws(format!("/beat/{seconds}"));
    client.expect_silence(Duration::from_secs(seconds - 1));
    assert_eq!(texts(&mut client, 3), ["beat 1", "beat 2", "beat 3"]);
    assert_eq!(client.closed(), Some(WsStatus::NORMAL));
}

fn the_requested_status_closes_the_socket(number: usize) {
    let code = 4000 + number as u16;
    let mut client = app().test_ws(format!("/obey/{code}"));
    client.send("close").expect("an open socket");
    let status = WsStatus::new(code, "on purpose").expect("a status");
    assert_eq!(client.next(), NextMessage::Closed(status));
}

fn a_failure_closes_with_1011(number: usize) {
    let mut client = app().test_ws("/obey/4000");
    client
        .send(["fail", "panic"][number % 2])
        .expect("an open socket");
    assert_eq!(client.closed(), Some(WsStatus::INTERNAL_ERROR));
}

fn callbacks_add_numbers(number: usize) {
    let mut client = app().test_ws(format!("/sum/{number}"));
    for _ in 0..3 {
        client.send(number.to_string()).expect("an open socket");
    }
    let sums = [2, 3, 4].map(|times| (times * number).to_string());
    assert_eq!(texts(&mut client, 3), sums);
}

fn all_members_of_the_room_receive_the_news(number: usize) {
    let app = app();
    let mut room: Vec<_> = (0..number % 8 + 2).map(|_| app.test_ws("/room")).collect();
    let speaker = number % room.len();
    room[speaker].send("news").expect("an open socket");
    for client in &mut room {
        assert_eq!(texts(client, 1), ["news"]);
    }
}

/// Ten tests for each number.
macro_rules! suite {
    ($($module:ident = $number:literal)*) => {$(
        mod $module {
            #[test] fn the_greeting_has_the_name() { super::the_greeting_has_the_name($number) }
            #[test] fn text_is_echoed() { super::text_is_echoed($number) }
            #[test] fn bytes_are_echoed() { super::bytes_are_echoed($number) }
            #[test] fn a_person_ages() { super::a_person_ages($number) }
            #[test] fn values_that_are_not_a_person_are_rejected() { super::values_that_are_not_a_person_are_rejected($number) }
            #[test] fn beats_arrive_in_virtual_time() { super::beats_arrive_in_virtual_time($number) }
            #[test] fn the_requested_status_closes_the_socket() { super::the_requested_status_closes_the_socket($number) }
            #[test] fn a_failure_closes_with_1011() { super::a_failure_closes_with_1011($number) }
            #[test] fn callbacks_add_numbers() { super::callbacks_add_numbers($number) }
            #[test] fn all_members_of_the_room_receive_the_news() { super::all_members_of_the_room_receive_the_news($number) }
        }
    )*};
}

suite! {
    with_0 = 0 with_1 = 1 with_2 = 2 with_3 = 3 with_4 = 4 with_5 = 5 with_6 = 6 with_7 = 7 with_8 = 8 with_9 = 9
    with_10 = 10 with_11 = 11 with_12 = 12 with_13 = 13 with_14 = 14 with_15 = 15 with_16 = 16 with_17 = 17
    with_18 = 18 with_19 = 19 with_20 = 20 with_21 = 21 with_22 = 22 with_23 = 23 with_24 = 24 with_25 = 25
    with_26 = 26 with_27 = 27 with_28 = 28 with_29 = 29
}
