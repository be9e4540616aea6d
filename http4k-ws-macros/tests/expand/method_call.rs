const _: () = "`routes!` without a function is an expression. As an item, write `routes! { pub fn app() -> PolyHandler { .. } }`"
    << ::http4k_ws::__private::Expression({
        #[allow(unused_imports)]
        use ::http4k_ws::__private as __http4k_ws;
        #[allow(unused_imports)]
        use ::http4k_ws::__private::probes::*;
        let mut endpoints = __http4k_ws::Endpoints::new();
        endpoints.add([__http4k_ws::ws(__http4k_ws::captured(&hub), |c0, call| {
            let p0 = __http4k_ws::witness();
            let r = __http4k_ws::witness();
            if call.is_request() {
                let c0 = __http4k_ws::copied(c0);
                let room = p0.of(call.param(0))?;
                r.accept(call, move |ws: __http4k_ws::WebSocket<_, _>| async move {
                    __http4k_ws::ws_result(__http4k_ws::consumed(c0.join(ws, room)).await)
                })
            } else {
                call.describe([p0.__param(0), (&r).__socket()])
            }
        })]);
        {
            const ROUTES: &[__http4k_ws::RouteMeta] = &[__http4k_ws::ws_route(
                &[],
                "/rooms/<room>",
                &["room"],
                "join",
                "",
            )];
            fn walk(
                path: &__http4k_ws::RawPath<'_>,
                m: &mut __http4k_ws::Matching<'_>,
                at: usize,
            ) -> bool {
                if let Some(at1) = path.literal(at, b"rooms") {
                    m.last(path, 0, at1, &[0])
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
