const _: () = "`routes!` without a function is an expression. As an item, write `routes! { pub fn app() -> PolyHandler { .. } }`"
    << ::http4k_ws::__private::Expression({
        #[allow(unused_imports)]
        use ::http4k_ws::__private as __http4k_ws;
        #[allow(unused_imports)]
        use ::http4k_ws::__private::probes::*;
        let mut endpoints = __http4k_ws::Endpoints::new();
        let w0 = __http4k_ws::filter_before_http(logged());
        let w1 = __http4k_ws::filter_before_http(auth());
        let w2 = __http4k_ws::filter_before_http(own());
        endpoints.add([__http4k_ws::http_closure((), move |(), call| {
            let p0 = __http4k_ws::witness();
            let p1 = __http4k_ws::witness();
            let r = __http4k_ws::witness();
            if call.is_request() {
                let team = p0.of(call.param(0))?;
                let id = p1.of(call.param(1))?;
                r.respond(member(team, id))
            } else {
                call.describe([p0.__param(0), p1.__param(1), (&r).__response()])
            }
        })]);
        endpoints.with(0..1, &w2);
        endpoints.with(0..1, &w1);
        endpoints.with(0..1, &w0);
        let n0 = __http4k_ws::http_closure((), move |(), call| {
            let p0 = __http4k_ws::witness();
            let r = __http4k_ws::witness();
            if call.is_request() {
                let team = p0.of(call.param(0))?;
                r.respond(missing(team))
            } else {
                call.describe([p0.__param(0), (&r).__response()])
            }
        });
        let n1 = __http4k_ws::http_handler(not_found);
        {
            const ROUTES: &[__http4k_ws::RouteMeta] = &[__http4k_ws::http_route(
                &[],
                "/api/<team>/members/<id>",
                &["team", "id"],
                "member",
                "",
            )];
            fn walk(
                path: &__http4k_ws::RawPath<'_>,
                m: &mut __http4k_ws::Matching<'_>,
                at: usize,
            ) -> bool {
                if let Some(at1) = path.literal(at, b"api") {
                    {
                        let s = path.segment(at1);
                        let at2 = s.end;
                        m.capture(0, s) && {
                            m.scope(at2, 1usize);
                            if let Some(at3) = path.literal(at2, b"members") {
                                m.last(path, 1, at3, &[0])
                            } else {
                                false
                            }
                        }
                    }
                } else {
                    false
                }
            }
            __http4k_ws::Router::app(
                ROUTES,
                walk,
                endpoints,
                [
                    __http4k_ws::Unmatched {
                        params: &[],
                        endpoint: __http4k_ws::unmatched().or_http(&n1),
                        fallbacks: &[__http4k_ws::Protocol::Http],
                    },
                    __http4k_ws::Unmatched {
                        params: &["team"],
                        endpoint: __http4k_ws::unmatched().or_http(&n0).with(&w1).with(&w0),
                        fallbacks: &[__http4k_ws::Protocol::Http],
                    },
                ],
            )
        }
    });
