pub fn app(db: Db) -> PolyHandler {
    /// One user.
    #[deprecated]
    GET "/users/<id: u64>/<tab>" as user => http(show(id, tab)),
    "/people/<id: UserId>" => http(person(id)),
    GET "/files/<name>" as file => http(read(name, db)),
    PUT "/files/<name>" as file => http(write(name, Page::new(&db, 20), &db.site)),
}
