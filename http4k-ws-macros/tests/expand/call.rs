const _: () = "`routes!` without a function is an expression. As an item, write `routes! { pub fn app() -> PolyHandler { .. } }`"
    << ::http4k_ws::__private::Expression({
        #[allow(unused_imports)]
        use ::http4k_ws::__private as __http4k_ws;
        #[allow(unused_imports)]
        use ::http4k_ws::__private::probes::*;
        let mut endpoints = __http4k_ws::Endpoints::new();
        endpoints.add([__http4k_ws::http_extracting(
            (
                __http4k_ws::captured(&db),
                __http4k_ws::captured(&config.site),
                __http4k_ws::evaluated(20),
            ),
            move |(c3, c4, c5), call, t2: __http4k_ws::Extracted<_>| {
                let p0 = __http4k_ws::witness();
                let p1 = __http4k_ws::witness();
                let r = __http4k_ws::witness();
                if call.is_request() {
                    let c3 = __http4k_ws::copied(c3);
                    let c5 = __http4k_ws::copied(c5);
                    let id: u64 = p0.of(call.param(0))?;
                    let tab = p1.of(call.param(1))?;
                    __http4k_ws::reading(call, t2, move |a2, call| {
                        let req = call.into_request();
                        r.returned(show(id, tab, a2, c3, &**c4, c5, req))
                    })
                } else {
                    call.describe([
                        p0.__param(0),
                        p1.__param(1),
                        (&t2.witness()).__argument(),
                        (&r).__response(),
                    ])
                }
            },
        )]);
        {
            const ROUTES: &[__http4k_ws::RouteMeta] = &[__http4k_ws::http_route(
                &["GET", "HEAD"],
                "/users/<id>/<tab>",
                &["id", "tab"],
                "user",
                "Shows one user.",
            )];
            fn walk(
                path: &__http4k_ws::RawPath<'_>,
                m: &mut __http4k_ws::Matching<'_>,
                at: usize,
            ) -> bool {
                if let Some(at1) = path.literal(at, b"users") {
                    {
                        let s = path.segment(at1);
                        let at2 = s.end;
                        m.capture(0, s) && m.last(path, 1, at2, &[0])
                    }
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
