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
                move |c2, name, ws: __http4k_ws::WebSocket<_, _>| chat(ws, name, c2),
            );
            e.0.described([(&p0).__param(), (&e.1).__socket()])
        }]);
        endpoints.add([{
            let p0 = __http4k_ws::param(0);
            __http4k_ws::opening((), p0, move |(), name| {
                __http4k_ws::ws_respond(__http4k_ws::opens(&choose)(name))
            })
            .described([(&p0).__param()])
        }]);
        {
            const ROUTES: &[__http4k_ws::RouteMeta] = &__http4k_ws::table(
                &[(__http4k_ws::Protocol::Ws, &[])],
                &[&["name"]],
                [
                    (0, "/ws/<name>", 0, "chat", ""),
                    (0, "/choose/<name>", 0, "choose", ""),
                ],
            );
            fn walk(
                path: &__http4k_ws::RawPath<'_>,
                m: &mut __http4k_ws::Matching<'_>,
                at: usize,
            ) -> bool {
                (__http4k_ws::literal_param_end(path, m, at, "ws", 0, 0)
                    || __http4k_ws::literal_param_end(path, m, at, "choose", 0, 1))
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
