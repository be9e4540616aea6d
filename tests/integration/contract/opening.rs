//! From a request to a socket, or to a refusal.

use http4k_ws::WsHandler;
use http4k_ws::prelude::*;
use http4k_ws::session::SessionConfig;
use http4k_ws::testing::WsClient;

use super::backends::{Backend, on_every_backend};

/// Responds to each message with that parameter of its upgrade request.
async fn query_values(mut ws: WebSocket) -> WsResult {
    let query = ws.request().query("query").unwrap_or("not set".into());
    let query = query.into_owned();
    while ws.recv().await?.is_some() {
        ws.send(query.as_str()).await?;
    }
    Ok(())
}

/// Sends the upgrade's fields whose names start with `test`, in order, after a first message.
async fn fields(mut ws: WebSocket) -> WsResult {
    ws.recv().await?;
    let fields: Vec<_> = ws
        .request()
        .headers()
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("test"))
        .map(|(name, value)| format!("{name}={}", value.to_str().expect("text")))
        .collect();
    for field in fields {
        ws.send(field).await?;
    }
    Ok(())
}

async fn greet(mut ws: WebSocket, name: String) -> WsResult {
    ws.send(name.as_str()).await?;
    while ws.recv().await?.is_some() {
        ws.send(format!("goodbye {name}")).await?;
    }
    Ok(())
}

/// Chooses a consumer by the `goodbye` parameter of the query.
fn chosen(request: Request) -> WsConsumer {
    let chosen = match request.query("goodbye") {
        Some(_) => "query",
        None => "vanilla",
    };
    WsConsumer::new(move |ws: WebSocket| async move { ws.send(chosen).await })
}

async fn members_only(request: Request, next: WsNext) -> WsResponse {
    match request.header("x-member") {
        Some(_) => next.call(request).await,
        None => WsResponse::refuse((StatusCode::FORBIDDEN, "members only")),
    }
}

#[derive(Deserialize)]
struct Paging {
    page: u32,
}

async fn paged(ws: WebSocket, query: Query<Paging>) -> WsResult {
    Ok(ws.send(query.0.page.to_string()).await?)
}

fn panics(_request: Request) -> WsConsumer {
    panic!("on purpose")
}

fn app() -> PolyHandler {
    routes! {
        GET "/hello/<name>" => http(|name: String| async move { name }),
        "/hello/<name>" => ws(greet(ws, name)),
        "/queries" => ws(query_values(ws)),
        "/fields" => ws(fields(ws)),
        "/chosen" => ws(chosen),
        "/path1" => { "/<name>" => ws(greet(ws, name)) },
        "/http" => http(|| "only http"),
        "/members" with(members_only) => ws(query_values(ws)),
        "/panics" => ws(panics),
        "/numbers/<number: u8>" => ws(|ws: WebSocket, number: u8| async move {
            ws.send(number.to_string()).await
        }),
        "/paged" => ws(paged(ws, _)),
    }
}

fn backend<B: Backend>() -> B {
    B::start(app(), SessionConfig::default())
}

fn texts(client: &mut impl WsClient) -> Vec<String> {
    client
        .received()
        .map(|message| message.expect("an end with 1000").text().into_owned())
        .collect()
}

fn next(client: &mut impl WsClient) -> String {
    let message = client.received().next().expect("a message");
    message.expect("open").text().into_owned()
}

on_every_backend! {
    fn case_1_http_is_served_beside_sockets<B>() {
        let backend = backend::<B>();
        assert_eq!(backend.http("/hello/bob").body(), "bob");
        assert_eq!(next(&mut backend.connect("/hello/bob")), "bob");
    }

    fn case_3_a_greeting_and_a_response<B>() {
        let mut client = backend::<B>().connect("/hello/bob");
        client.send("hello").expect("open");
        assert_eq!([next(&mut client), next(&mut client)], ["bob", "goodbye bob"]);
    }

    fn case_10_the_query_survives<B>() {
        let mut client = backend::<B>().connect("/queries?query=foo%20bar");
        client.send("anything").expect("open");
        assert_eq!(next(&mut client), "foo bar");
    }

    fn case_14_fields_arrive_and_their_names_are_lower_case<B>() {
        let request = Request::get("/fields").header("Test-Field", "Bar, baz");
        let mut client = backend::<B>().connect(request);
        client.send("go").expect("open");
        assert_eq!(texts(&mut client), ["test-field=Bar, baz"]);
    }

    fn case_16_two_sockets_are_independent<B>() {
        let backend = backend::<B>();
        let mut clients = ["foo", "bar"].map(|query| backend.connect(format!("/queries?query={query}")));
        for client in &mut clients {
            client.send("which?").expect("open");
        }
        assert_eq!(clients.each_mut().map(next), ["foo", "bar"]);
    }

    fn cases_22_and_30_fields_arrive_in_order_after_an_empty_message<B>() {
        let request = Request::get("/fields").header("testOne", "1").header("testTwo", "2");
        let mut client = backend::<B>().connect(request);
        client.send("").expect("open");
        assert_eq!(texts(&mut client), ["testone=1", "testtwo=2"]);
    }

    fn case_38_a_nested_path_has_its_parameter<B>() {
        assert_eq!(next(&mut backend::<B>().connect("/path1/correct")), "correct");
    }

    /// The upgrade itself is refused, so that the client sees why; http4k accepts and closes with
    /// 1003.
    fn cases_12_and_39_an_upgrade_without_a_route_is_refused_with_404<B>() {
        let backend = backend::<B>();
        for path in ["/aaa", "/path1", "/path1/index.html/more", "/numbers/many"] {
            let refusal = backend.try_connect(path).err().expect("a refusal");
            assert_eq!(refusal.status(), 404, "{path}");
        }
    }

    fn an_upgrade_to_an_http_only_path_is_refused_with_404<B>() {
        let backend = backend::<B>();
        assert_eq!(backend.http("/http").body(), "only http");
        assert_eq!(backend.try_connect("/http").err().expect("a refusal").status(), 404);
    }

    fn http_to_a_socket_only_path_is_refused_with_426<B>() {
        let answer = backend::<B>().http("/queries");
        assert_eq!(answer.status(), 426);
        assert!(answer.body().as_text().is_some_and(|text| text.contains("/queries")));
    }

    fn case_40_a_handler_chooses_by_the_query<B>() {
        let backend = backend::<B>();
        assert_eq!(texts(&mut backend.connect("/chosen?goodbye=bob")), ["query"]);
        assert_eq!(texts(&mut backend.connect("/chosen")), ["vanilla"]);
    }

    fn case_59_a_refusal_of_the_application_arrives_with_its_text<B>() {
        let backend = backend::<B>();
        let refusal = backend.try_connect("/members").err().expect("a refusal");
        assert_eq!((refusal.status().as_u16(), refusal.body()), (403, &Body::from("members only")));
        assert!(backend.try_connect(Request::get("/members").header("x-member", "1")).is_ok());
    }

    fn a_handler_that_panics_refuses_with_500<B>() {
        let backend = backend::<B>();
        assert_eq!(backend.try_connect("/panics").err().expect("a refusal").status(), 500);
        assert_eq!(next(&mut backend.connect("/hello/bob")), "bob");
    }

    fn an_invalid_argument_is_refused_before_the_upgrade<B>() {
        let backend = backend::<B>();
        for query in ["", "?page=many"] {
            let refusal = backend.try_connect(format!("/paged{query}")).err().expect("a refusal");
            assert_eq!(refusal.status(), 400, "{query}");
        }
        assert_eq!(texts(&mut backend.connect("/paged?page=7")), ["7"]);
    }
}
