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
                __http4k_ws::captured(&hub),
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
                __http4k_ws::captured(&hub),
                p0,
                |c0, room, sse: __http4k_ws::Sse<_>| async move {
                    __http4k_ws::sse_result(__http4k_ws::sse_consumed(c0.watch(sse, &room)).await)
                },
            );
            e.0.described([(&p0).__param(), (&e.1).__events()])
        }]);
        endpoints.add([__http4k_ws::sse_handler(all)]);
        {
            const ROUTES: &[__http4k_ws::RouteMeta] = {
                const L0: &[&::core::primitive::str] = &["GET"];
                const L1: &[&::core::primitive::str] = &["topic"];
                const L2: &[&::core::primitive::str] = &["POST"];
                const L3: &[&::core::primitive::str] = &[];
                const L4: &[&::core::primitive::str] = &["room"];
                &[
                    __http4k_ws::sse_route(L0, "/feed/<topic>", L1, "feed", ""),
                    __http4k_ws::sse_route(L2, "/ask", L3, "ask", ""),
                    __http4k_ws::sse_route(L0, "/watch/<room>", L4, "watch", ""),
                    __http4k_ws::sse_route(L0, "/all", L3, "all", ""),
                ]
            };
            fn walk(
                path: &__http4k_ws::RawPath<'_>,
                m: &mut __http4k_ws::Matching<'_>,
                at: usize,
            ) -> bool {
                match path.byte(at, 1) {
                    b'a' => __http4k_ws::literal_param_end(path, m, at, "watch", 0, 2),
                    b'e' => __http4k_ws::literal_param_end(path, m, at, "feed", 0, 0),
                    b'l' => __http4k_ws::literal_end(path, m, at, "all", 3),
                    b's' => __http4k_ws::literal_end(path, m, at, "ask", 1),
                    _ => false,
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
