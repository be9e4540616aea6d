const _: () = "`routes!` without a function is an expression. As an item, write `routes! { pub fn app() -> PolyHandler { .. } }`"
    << ::http4k_ws::__private::Expression({
        #[allow(unused_imports)]
        use ::http4k_ws::__private as __http4k_ws;
        #[allow(unused_imports)]
        use ::http4k_ws::__private::probes::*;
        let mut endpoints = __http4k_ws::Endpoints::new();
        endpoints.add([{
            let p0 = __http4k_ws::param(0);
            let e = __http4k_ws::sse(
                __http4k_ws::captured_local(&hub),
                p0,
                move |c2, topic, sse: __http4k_ws::Sse<_>| feed(sse, topic, c2),
            );
            e.0.described([(&p0).__param(), (&e.1).__events()])
        }]);
        endpoints.add([{
            let t2 = __http4k_ws::extracted();
            let e = __http4k_ws::sse_reading(
                (),
                (),
                (t2, __http4k_ws::request_of_socket()),
                move |(), (), (a2, req), sse: __http4k_ws::Sse<_>| ask(sse, req, a2),
            );
            e.0.described([(&t2.witness()).__argument(), (&e.1).__events()])
        }]);
        endpoints.add([{
            let p0 = __http4k_ws::param::<__http4k_ws::String, _>(0);
            let e = __http4k_ws::sse(
                __http4k_ws::captured_local(&hub),
                p0,
                |c0, room, sse: __http4k_ws::Sse<_>| async move {
                    __http4k_ws::sse_result(__http4k_ws::sse_consumed(c0.watch(sse, &room)).await)
                },
            );
            e.0.described([(&p0).__param(), (&e.1).__events()])
        }]);
        endpoints.add([__http4k_ws::sse_handler(all)]);
        {
            const ROUTES: &[__http4k_ws::RouteMeta] = &__http4k_ws::table(
                &[
                    (__http4k_ws::Protocol::Sse, &["GET"]),
                    (__http4k_ws::Protocol::Sse, &["POST"]),
                ],
                &[&["topic"], &[], &["room"]],
                [
                    (0, "/feed/<topic>", 0, "feed", ""),
                    (1, "/ask", 1, "ask", ""),
                    (0, "/watch/<room>", 2, "watch", ""),
                    (0, "/all", 1, "all", ""),
                ],
            );
            fn walk(
                path: &__http4k_ws::RawPath<'_>,
                m: &mut __http4k_ws::Matching<'_>,
                at: usize,
            ) -> bool {
                __http4k_ws::leaf_end(
                    path,
                    m,
                    at,
                    0,
                    match path.byte(at, 1) {
                        b'a' => (2, "watch", true),
                        b'e' => (0, "feed", true),
                        b'l' => (3, "all", false),
                        b's' => (1, "ask", false),
                        _ => __http4k_ws::NO_LEAF,
                    },
                )
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
