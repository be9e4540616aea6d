pub fn app() -> PolyHandler {
    /// One user.
    #[deprecated]
    GET "/users/<id: u64>/<tab>" as user => http(show(id, tab)),
    "/people/<id: UserId>" => http(person(id)),
}
