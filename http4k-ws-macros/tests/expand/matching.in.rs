/// The whole application.
pub fn app() -> PolyHandler {
    GET "/a/b" => http(one),
    POST "/a/b" => http(two),
    "/a/<x>/c" => http(three(x)),
    "/a/<rest..>" => http(four(rest)),
    "/m" => mount(five()),
}
