//! Closures as users write them first, without a warning.
#![deny(warnings)]

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use http4k_ws::prelude::*;

type Db = Arc<RwLock<HashMap<u64, String>>>;

#[derive(Clone)]
struct State {
    db: Db,
}

async fn over_texts(mut ws: WebSocket<String, String>) -> WsResult {
    greet(&mut ws).await
}

async fn greet(ws: &mut WebSocket<String, String>) -> WsResult {
    Ok(ws.send("typed".to_owned()).await?)
}

fn found(db: &Db, id: u64) -> Option<String> {
    db.read().unwrap().get(&id).cloned()
}

routes! {
    /// Parameters without a type.
    fn untyped() -> PolyHandler {
        "/ws/1" => ws(|ws| async move { ws.send("ws").await }),
        "/ws/2" => ws(|mut ws| async move {
            ws.send("ws").await?;
            while let Some(message) = ws.recv().await? {
                ws.send(message).await?;
            }
            Ok(())
        }),
        "/ws/3" => ws(async |ws| {
            ws.send("ws").await?;
            Ok(())
        }),
        "/ws/4" => ws(|ws| {
            ws.try_send("ws")?;
            Ok(())
        }),
        "/ws/5" => ws(|socket| async move { socket.send("ws").await }),
        "/ws/6/<word>" => ws(|ws, word: String| async move { ws.send(word).await }),
        "/ws/7" => ws(|ws, req| async move { ws.send(req.uri().path().to_owned()).await }),
        "/ws/8" => ws(|ws| over_texts(ws)),
        "/ws/9" => ws(|mut ws| async move {
            greet(&mut ws).await?;
            ws.send("again".to_owned()).await?;
            Ok(())
        }),
        "/ws/10" => ws(|ws| async move {
            if ws.request().uri().query().is_none() {
                return Err::<(), WsError>("no query".into());
            }
            Ok(())
        }),
        "/ws/11" => ws(|_socket| async {}),
        "/sse/1" => sse(|sse| async move { sse.send("sse").await }),
        "/sse/2" => sse(|events| async move {
            events.send("sse").await?;
            Ok(())
        }),
        "/http/1" => http(|req| req.uri().path().to_owned()),
        "/http/2" => http(|request| async move { request.uri().path().to_owned() }),
        "/http/3" => http(|_req| "ignored"),
        "/http/4/<id>" => http(|id: u64, req| format!("{id} {}", req.uri())),
    }
}

#[test]
fn types_are_those_of_their_words() {
    let app = untyped();
    for (path, expected) in [
        ("/ws/1", "ws"),
        ("/ws/2", "ws"),
        ("/ws/3", "ws"),
        ("/ws/4", "ws"),
        ("/ws/5", "ws"),
        ("/ws/6/word", "word"),
        ("/ws/7", "/ws/7"),
        ("/ws/8", "typed"),
        ("/ws/9", "typed"),
    ] {
        let mut client = app.test_ws(path);
        let first = client.received().next().unwrap().unwrap();
        assert_eq!(first.text(), expected, "{path}");
    }
    assert_eq!(
        app.test_ws("/ws/10").closed(),
        Some(WsStatus::INTERNAL_ERROR)
    );
    assert_eq!(app.test_ws("/ws/11").closed(), Some(WsStatus::NORMAL));
    for (path, expected) in [
        ("/sse/1", "data: sse\n\n"),
        ("/sse/2", "data: sse\n\n"),
        ("/http/1", "/http/1"),
        ("/http/2", "/http/2"),
        ("/http/3", "ignored"),
        ("/http/4/5", "5 /http/4/5"),
    ] {
        assert_eq!(app.test_http(path).body(), expected, "{path}");
    }
}

routes! {
    /// Arguments of the function, which each call has a copy of.
    fn capturing<T>(db: Db, state: State, name: String, limit: u64, site: &'static str, other: T)
        -> PolyHandler
    where
        T: Clone + ToString + Send + Sync + 'static,
    {
        // By a parameter with the name of the argument.
        "/named/<id>" => http(|id: u64, db: Db| async move { found(&db, id) }),
        "/first/<id>" => http(|db: Db, id: u64| found(&db, id)),
        "/inferred" => http(|name| async move { String::len(&name).to_string() }),
        // By name alone.
        "/moved/<id>" => http(|id: u64| async move { found(&db, id) }),
        "/borrowed/<id>" => http(|id: u64| found(&db, id)),
        "/async/<id>" => http(async |id: u64| found(&db, id)),
        "/owned" => http(|| name),
        "/cloned" => http(|| {
            let name = name.clone();
            async move { name }
        }),
        "/format" => http(|| format!("{name} {limit:?}")),
        "/field/<id>" => http(|id: u64| async move { found(&state.db, id) }),
        "/generic" => http(|| other.to_string()),
        "/static" => http(|| site.to_owned()),
        "/move/<id>" => http(move |id: u64| async move { (id + limit).to_string() }),
        "/ws/<id>" => ws(|ws, id: u64| async move {
            let found = found(&db, id).unwrap_or_default();
            ws.send(format!("{found} of {name}")).await?;
            Ok(())
        }),
        "/sse" => sse(|sse| async move { sse.send(name).await }),
        // Another variable of that name.
        "/shadow" => http(|| {
            let db = "shadow";
            db
        }),
        "/parameter/<name>" => http(|name: String| name),
        "/own/<id>" => http(move |id: u64| found(&db, id)),
    }
}

#[test]
fn each_call_has_copies_of_arguments() {
    let db: Db = Arc::new(RwLock::new(HashMap::from([(1, "one".to_owned())])));
    let state = State { db: db.clone() };
    let app = capturing(db, state, "ann".to_owned(), 10, "site", 2.5);
    for _ in 0..2 {
        for (path, expected) in [
            ("/named/1", "one"),
            ("/first/1", "one"),
            ("/inferred", "3"),
            ("/moved/1", "one"),
            ("/borrowed/1", "one"),
            ("/async/1", "one"),
            ("/owned", "ann"),
            ("/cloned", "ann"),
            ("/format", "ann 10"),
            ("/field/1", "one"),
            ("/generic", "2.5"),
            ("/static", "site"),
            ("/move/1", "11"),
            ("/sse", "data: ann\n\n"),
            ("/shadow", "shadow"),
            ("/parameter/eve", "eve"),
            ("/own/1", "one"),
        ] {
            assert_eq!(app.test_http(path).body(), expected, "{path}");
        }
        let mut client = app.test_ws("/ws/1");
        let first = client.received().next().unwrap().unwrap();
        assert_eq!(first.text(), "one of ann");
    }
}

#[test]
// Handlers that are yet to be written.
#[allow(clippy::todo)]
fn closures_that_never_return() {
    let app = routes! {
        "/" => http(|| todo!()),
        "/<id>" => http(|_id: u64| todo!()),
        POST "/" => http(|_text: String| todo!()),
        "/ws" => ws(|ws| async move { ws.send("hi").await.expect("open"); todo!() }),
    };
    assert_eq!(app.test_http("/").status(), 500);
    assert_eq!(app.test_http("/7").status(), 500);
    assert_eq!(app.test_http(Request::post("/").body("")).status(), 500);
    let mut client = app.test_ws("/ws");
    assert_eq!(client.received().next().unwrap().unwrap().text(), "hi");
}
