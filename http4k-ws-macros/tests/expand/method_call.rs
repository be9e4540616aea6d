const _: () = "`routes!` without a function is an expression. As an item, write `routes! { pub fn app() -> PolyHandler { .. } }`"
    << ::http4k_ws::__private::Expression({
        #[allow(unused_imports)]
        use ::http4k_ws::__private as __http4k_ws;
        #[allow(unused_imports)]
        use ::http4k_ws::__private::probes::*;
        let mut endpoints = __http4k_ws::Endpoints::new();
        endpoints.add([{
            let p0 = __http4k_ws::param(0);
            let e = __http4k_ws::ws(
                __http4k_ws::captured_local(&hub),
                p0,
                |c0, room, ws: __http4k_ws::WebSocket<_, _>| async move {
                    __http4k_ws::ws_result(__http4k_ws::consumed(c0.join(ws, room)).await)
                },
            );
            e.0.described([(&p0).__param(), (&e.1).__socket()])
        }]);
        endpoints.add([{
            let p0 = __http4k_ws::param(0);
            __http4k_ws::http_given(__http4k_ws::captured_local(&hub), p0, |c0, given| {
                __http4k_ws::later(async move {
                    let r = __http4k_ws::witness();
                    match given {
                        __http4k_ws::Some(room) => {
                            r.response(__http4k_ws::future(c0.count(room)).await)
                        }
                        __http4k_ws::None => __http4k_ws::describing((&r).__response()),
                    }
                })
            })
            .described([(&p0).__param()])
        }]);
        {
            const ROUTES: &[__http4k_ws::RouteMeta] = &__http4k_ws::table(
                &[
                    (__http4k_ws::Protocol::Ws, &[]),
                    (__http4k_ws::Protocol::Http, &["GET"]),
                ],
                &[&["room"]],
                [
                    (0, "/rooms/<room>", 0, "join", ""),
                    (1, "/rooms/<room>", 0, "count", ""),
                ],
            );
            fn walk(
                path: &__http4k_ws::RawPath<'_>,
                m: &mut __http4k_ws::Matching<'_>,
                at: usize,
            ) -> bool {
                if let Some(at1) = path.literal(at, b"rooms") {
                    m.last(path, 0, at1, &[0, 1])
                } else {
                    false
                }
            }
            __http4k_ws::Router::app(
                ROUTES,
                walk,
                endpoints,
                [__http4k_ws::Unmatched {
                    params: &[],
                    endpoint: __http4k_ws::unmatched(),
                    fallbacks: &[],
                }],
            )
        }
    });
