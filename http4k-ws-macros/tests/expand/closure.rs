const _: () = "`routes!` without a function is an expression. As an item, write `routes! { pub fn app() -> PolyHandler { .. } }`"
    << ::http4k_ws::__private::Expression({
        #[allow(unused_imports)]
        use ::http4k_ws::__private as __http4k_ws;
        #[allow(unused_imports)]
        use ::http4k_ws::__private::probes::*;
        let mut endpoints = __http4k_ws::Endpoints::new();
        endpoints.add([__http4k_ws::http(
            |text: String| async move { text },
            |f, call| {
                let p0 = __http4k_ws::witness();
                let r = __http4k_ws::witness();
                if call.is_request() {
                    let text = p0.of(call.param(0))?;
                    r.respond(f(text))
                } else {
                    call.describe([p0.__param(0), (&r).__response()])
                }
            },
        )]);
        {
            const ROUTES: &[__http4k_ws::RouteMeta] = &[__http4k_ws::http_route(
                &[],
                "/echo/<text>",
                &["text"],
                "",
                "",
            )];
            fn walk(
                path: &__http4k_ws::RawPath<'_>,
                m: &mut __http4k_ws::Matching<'_>,
                at: usize,
            ) -> bool {
                if let Some(at1) = path.literal(at, b"echo") {
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
