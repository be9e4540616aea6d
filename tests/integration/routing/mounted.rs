//! Tables that agree: what is beside a mount leaves every mounted route a request.

use http4k_ws::{PolyHandler, WebSocket, routes};

use super::ask;

async fn talk(_ws: WebSocket) {}

routes! {
    fn rooms() -> PolyHandler {
        GET "/" as all => http(|| "all rooms"),
        "/<_room>" as any => http(|| "any method of a room"),
        GET "/<_room>/seats" as seats => http(|| "seats"),
        "/<_room>" as chat => ws(talk),
    }
}

routes! {
    fn api() -> PolyHandler {
        "/rooms" => mount(rooms()),
        "/<rest..>" => http(|rest: String| rest),
    }
}

routes! {
    fn app() -> PolyHandler {
        // Other methods, another protocol, other lengths, and less specific prefixes.
        POST "/api/rooms" => http(|| "post"),
        GET "/api/rooms/<_room>" => http(|| "get"),
        "/api/rooms/<_room>/seats" as near => ws(talk),
        "/api/rooms/<_room>/seats/<_seat>" as seat => http(|| "a seat"),
        "/<_any>/rooms/x" as far => http(|| "far"),
        "/<_rest..>" as rest => http(|| "rest"),
        "/api" => mount(api()),
        "/<_team>" => mount(api()),
    }
}

#[tokio::test]
async fn routes_beside_a_mount_leave_the_rest_to_it() {
    let app = app();
    for (method, path, answer) in [
        ("GET", "/api/rooms", "all rooms"),
        ("POST", "/api/rooms", "post"),
        ("GET", "/api/rooms/blue", "get"),
        ("PUT", "/api/rooms/blue", "any method of a room"),
        ("GET", "/api/rooms/blue/seats", "seats"),
        ("GET", "/api/rooms/blue/seats/1", "a seat"),
        ("GET", "/api/other/path", "other/path"),
        ("GET", "/red/rooms/x", "far"),
        ("GET", "/red/rooms", "all rooms"),
        ("GET", "/", "rest"),
    ] {
        assert_eq!(
            ask(&app, method, path).await,
            (200, answer.to_owned()),
            "{method} {path}"
        );
    }
}
