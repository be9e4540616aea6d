fn app(db: Db, state: Arc<State>, hub: Hub) -> PolyHandler {
    GET "/" => http(home),
    GET "/users/<id>" => http(show(id, db)),
    POST "/users" => http(create(_, db)),
    GET "/lent/<name>" => http(greet(&name, &state.names)),
    GET "/count/<room>" => http(hub.count(room)),
    "/ws/<name>" => ws(chat(ws, name, hub)),
    "/join/<room>" => ws(hub.join(ws, &room, _)),
    "/choose/<name>" => ws(choose(name)),
    GET "/feed" => sse(feed(sse, db)),
    GET "/closure/<text>" => http(|text: String| async move { text }),
}
