pub fn app() -> PolyHandler {
    "/users/{id}" => http(show(id)),
    "/good" => http(home),
}
