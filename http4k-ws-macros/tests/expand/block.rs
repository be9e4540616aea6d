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
        endpoints.add([{
            let p0 = __http4k_ws::param(0);
            let p1 = __http4k_ws::param(1);
            __http4k_ws::http_lent_given((), (p0, p1), move |(), given| {
                let r = __http4k_ws::witness();
                match given {
                    __http4k_ws::Some((team, id)) => r.respond_lent(member(team, id)),
                    __http4k_ws::None => __http4k_ws::described((&r).__response()),
                }
            })
            .described([(&p0).__param(), (&p1).__param()])
        }]);
        endpoints.with(0..1, &w2);
        endpoints.with(0..1, &w1);
        endpoints.with(0..1, &w0);
        let n0 = {
            let p0 = __http4k_ws::param(0);
            __http4k_ws::http_lent_given((), p0, move |(), given| {
                let r = __http4k_ws::witness();
                match given {
                    __http4k_ws::Some(team) => r.respond_lent(missing(team)),
                    __http4k_ws::None => __http4k_ws::described((&r).__response()),
                }
            })
            .described([(&p0).__param()])
        };
        let n1 = __http4k_ws::http_handler(not_found);
        {
            const ROUTES: &[__http4k_ws::RouteMeta] = &__http4k_ws::table(
                &[(__http4k_ws::Protocol::Http, &[])],
                &[&["team", "id"]],
                [(0, "/api/<team>/members/<id>", 0, "member", "")],
            );
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
                            __http4k_ws::literal_param_end(path, m, at2, "members", 1, 0)
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
