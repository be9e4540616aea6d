//! Many sockets, and many senders.

use std::sync::{Arc, Mutex};
use std::thread;

use http4k_ws::handler::IntoPolyHandler;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::WsClient;
use http4k_ws::{PolyHandler, WebSocket, WsResult, WsSender};

use super::backends::on_every_backend;

type Members = Arc<Mutex<Vec<WsSender>>>;

/// The membership of a socket, until it is dropped.
struct Member {
    members: Members,
    sender: WsSender,
}

impl Member {
    fn enter(members: Members, sender: WsSender) -> Self {
        members
            .lock()
            .expect("no holder panics")
            .push(sender.clone());
        Self { members, sender }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut members = self.members.lock().expect("no holder panics");
        members.retain(|member| *member != self.sender);
    }
}

/// Sends each member's messages to all members.
fn room(members: Members) -> PolyHandler {
    let room = move |mut ws: WebSocket| {
        let members = Arc::clone(&members);
        async move {
            let _member = Member::enter(Arc::clone(&members), ws.sender());
            ws.send("joined").await?;
            while let Some(message) = ws.recv().await? {
                let all = members.lock().expect("no holder panics").clone();
                for member in all {
                    // A member may have left.
                    drop(member.send(message.clone()).await);
                }
            }
            WsResult::Ok(())
        }
    };
    room.into_poly_handler()
}

fn next(client: &mut impl WsClient) -> String {
    let message = client.received().next().expect("a message");
    message.expect("open").text().into_owned()
}

on_every_backend! {
    fn a_room_of_a_hundred_receives_every_message_in_order<B>() {
        let backend = B::start(room(Members::default()), SessionConfig::default());
        let mut clients: Vec<_> = (0..100).map(|_| backend.connect("/")).collect();
        for client in &mut clients {
            assert_eq!(next(client), "joined");
        }
        for number in 0..10 {
            clients[number].send(format!("news {number}")).expect("open");
            for client in &mut clients {
                assert_eq!(next(client), format!("news {number}"));
            }
        }
    }

    fn messages_of_concurrent_threads_keep_each_threads_order<B>() {
        let members = Members::default();
        let backend = B::start(room(Arc::clone(&members)), SessionConfig::default());
        let mut clients: Vec<_> = (0..3).map(|_| backend.connect("/")).collect();
        for client in &mut clients {
            assert_eq!(next(client), "joined");
        }
        let senders = members.lock().expect("no holder panics").clone();
        let threads: Vec<_> = (0..4)
            .map(|thread| {
                let senders = senders.clone();
                thread::spawn(move || {
                    for number in 0..50 {
                        for sender in &senders {
                            sender.try_send(format!("{thread} {number}")).expect("room for 200");
                        }
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("a thread that sends");
        }
        for client in &mut clients {
            let mut next_of = [0; 4];
            for _ in 0..200 {
                let text = next(client);
                let (thread, number) = text.split_once(' ').expect("two numbers");
                let thread: usize = thread.parse().expect("a number");
                assert_eq!(number, next_of[thread].to_string());
                next_of[thread] += 1;
            }
        }
    }

    fn a_member_that_leaves_does_not_affect_the_others<B>() {
        let members = Members::default();
        let backend = B::start(room(Arc::clone(&members)), SessionConfig::default());
        let mut stays = backend.connect("/");
        assert_eq!(next(&mut stays), "joined");
        for _ in 0..20 {
            let mut goes = backend.connect("/");
            assert_eq!(next(&mut goes), "joined");
            goes.close(http4k_ws::WsStatus::GOING_AWAY);
            goes.closed();
        }
        stays.send("anybody?").expect("open");
        assert_eq!(next(&mut stays), "anybody?");
    }
}
