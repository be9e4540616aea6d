pub fn app<S: Store>(hub: Hub, db: S, limit: impl Limit) -> PolyHandler {
    "/rooms/<room>" with(logged()) => ws(hub.join(ws, room)),
    GET "/users/<id>" => http(show(id, db.clone(), Page::new(&db, 20))),
    GET "/stamp" => http(stamp(hub.into_site())),
    GET "/limit" => http(show_limit(limit)),
}
