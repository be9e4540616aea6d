const _: () = "`routes!` without a function is an expression. As an item, write `routes! { pub fn app() -> PolyHandler { .. } }`"
    << ::http4k_ws::__private::Expression({
        #[allow(unused_imports)]
        use ::http4k_ws::__private as __http4k_ws;
        #[allow(unused_imports)]
        use ::http4k_ws::__private::probes::*;
        let mut endpoints = __http4k_ws::Endpoints::new();
        endpoints.add([__http4k_ws::http_closure(
            __http4k_ws::captured(&hub),
            move |c2, call| {
                let p0 = __http4k_ws::witness();
                let r = __http4k_ws::witness();
                if call.is_request() {
                    let c2 = __http4k_ws::copied(c2);
                    let topic = p0.of(call.param(0))?;
                    r.stream(call, move |sse: __http4k_ws::Sse<_>| feed(sse, topic, c2))
                } else {
                    call.describe([p0.__param(0), (&r).__events()])
                }
            },
        )]);
        endpoints.add([__http4k_ws::http_extracting(
            (),
            move |(), call, t2: __http4k_ws::Extracted<_>| {
                let r = __http4k_ws::witness();
                if call.is_request() {
                    __http4k_ws::reading(call, t2, move |a2, mut call| {
                        let req = call.take_request();
                        __http4k_ws::returned(
                            r.streamed(call, move |sse: __http4k_ws::Sse<_>| ask(sse, req, a2)),
                        )
                    })
                } else {
                    call.describe([(&t2.witness()).__argument(), (&r).__events()])
                }
            },
        )]);
        endpoints.add([__http4k_ws::http(
            __http4k_ws::captured(&hub),
            |c0, call| {
                let p0 = __http4k_ws::witness();
                let r = __http4k_ws::witness();
                if call.is_request() {
                    let c0 = __http4k_ws::copied(c0);
                    let room: __http4k_ws::String = p0.of(call.param(0))?;
                    r.stream(call, move |sse: __http4k_ws::Sse<_>| async move {
                        __http4k_ws::sse_result(
                            __http4k_ws::sse_consumed(c0.watch(sse, &room)).await,
                        )
                    })
                } else {
                    call.describe([p0.__param(0), (&r).__events()])
                }
            },
        )]);
        endpoints.add([__http4k_ws::sse_handler(all)]);
        {
            const ROUTES: &[__http4k_ws::RouteMeta] = &[
                __http4k_ws::sse_route(&["GET"], "/feed/<topic>", &["topic"], "feed", ""),
                __http4k_ws::sse_route(&["POST"], "/ask", &[], "ask", ""),
                __http4k_ws::sse_route(&["GET"], "/watch/<room>", &["room"], "watch", ""),
                __http4k_ws::sse_route(&["GET"], "/all", &[], "all", ""),
            ];
            fn walk(
                path: &__http4k_ws::RawPath<'_>,
                m: &mut __http4k_ws::Matching<'_>,
                at: usize,
            ) -> bool {
                match path.byte(at, 1) {
                    b'a' => {
                        if let Some(at1) = path.literal(at, b"watch") {
                            m.last(path, 0, at1, &[2])
                        } else {
                            false
                        }
                    }
                    b'e' => {
                        if let Some(at1) = path.literal(at, b"feed") {
                            m.last(path, 0, at1, &[0])
                        } else {
                            false
                        }
                    }
                    b'l' => path.last(at, b"all") && m.end(path, &[3]),
                    b's' => path.last(at, b"ask") && m.end(path, &[1]),
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
