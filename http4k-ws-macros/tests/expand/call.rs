const _: () = "`routes!` without a function is an expression. As an item, write `routes! { pub fn app() -> PolyHandler { .. } }`"
    << ::http4k_ws::__private::Expression({
        #[allow(unused_imports)]
        use ::http4k_ws::__private as __http4k_ws;
        #[allow(unused_imports)]
        use ::http4k_ws::__private::probes::*;
        let mut endpoints = __http4k_ws::Endpoints::new();
        endpoints.add([{
            let p0 = __http4k_ws::param::<u64, _>(0);
            let p1 = __http4k_ws::param(1);
            let t2 = __http4k_ws::extracted();
            __http4k_ws::http_lent_given_reading(
                (
                    (__http4k_ws::captured_local(&db), {
                        #[allow(unused_imports)]
                        use __http4k_ws::CapturesWhole as _;
                        __http4k_ws::part_of(&config, |whole| &whole.site).captured()
                    }),
                    __http4k_ws::evaluated(20),
                ),
                (p0, p1),
                (t2, __http4k_ws::request()),
                move |((c3, c4), c5), given| {
                    let c3 = __http4k_ws::copied(c3);
                    let c5 = __http4k_ws::copied(c5);
                    let r = __http4k_ws::witness();
                    match given {
                        __http4k_ws::Some(((id, tab), (a2, req))) => {
                            r.respond_lent(show(id, tab, a2, c3, &**c4, c5, req))
                        }
                        __http4k_ws::None => __http4k_ws::described((&r).__response()),
                    }
                },
            )
            .described([
                (&p0).__param(),
                (&p1).__param(),
                (&t2.witness()).__argument(),
            ])
        }]);
        {
            const ROUTES: &[__http4k_ws::RouteMeta] = &__http4k_ws::table(
                &[(__http4k_ws::Protocol::Http, &["GET", "HEAD"])],
                &[&["id", "tab"]],
                [(0, "/users/<id>/<tab>", 0, "user", "Shows one user.")],
            );
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
