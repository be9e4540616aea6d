const _: () = "`routes!` without a function is an expression. As an item, write `routes! { pub fn app() -> PolyHandler { .. } }`"
    << ::http4k_ws::__private::Expression({
        #[allow(unused_imports)]
        use ::http4k_ws::__private as __http4k_ws;
        #[allow(unused_imports)]
        use ::http4k_ws::__private::probes::*;
        let mut endpoints = __http4k_ws::Endpoints::new();
        endpoints.add([__http4k_ws::http_handler(home)]);
        endpoints.add([__http4k_ws::ws_handler(talk)]);
        {
            const ROUTES: &[__http4k_ws::RouteMeta] = &__http4k_ws::table(
                &[
                    (__http4k_ws::Protocol::Http, &["GET"]),
                    (__http4k_ws::Protocol::Ws, &[]),
                ],
                &[&[]],
                [(0, "/", 0, "home", ""), (1, "/ws", 0, "talk", "")],
            );
            fn walk(
                path: &__http4k_ws::RawPath<'_>,
                m: &mut __http4k_ws::Matching<'_>,
                at: usize,
            ) -> bool {
                if path.is_end(at) {
                    m.end(path, &[0])
                } else {
                    __http4k_ws::literal_end(path, m, at, "ws", 1)
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
