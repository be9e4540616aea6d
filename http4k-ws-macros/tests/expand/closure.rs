const _: () = "`routes!` without a function is an expression. As an item, write `routes! { pub fn app() -> PolyHandler { .. } }`"
    << ::http4k_ws::__private::Expression({
        #[allow(unused_imports)]
        use ::http4k_ws::__private as __http4k_ws;
        #[allow(unused_imports)]
        use ::http4k_ws::__private::probes::*;
        let mut endpoints = __http4k_ws::Endpoints::new();
        endpoints.add([{
            let p0 = __http4k_ws::param(0);
            __http4k_ws::http_lent_given(
                |text: String| async move { text },
                p0,
                |f, given| {
                    let r = __http4k_ws::witness();
                    match given {
                        __http4k_ws::Some(text) => r.respond_lent(f(text)),
                        __http4k_ws::None => __http4k_ws::described((&r).__response()),
                    }
                },
            )
            .described([(&p0).__param()])
        }]);
        {
            const ROUTES: &[__http4k_ws::RouteMeta] = &__http4k_ws::table(
                &[(__http4k_ws::Protocol::Http, &[])],
                &[&["text"]],
                [(0, "/echo/<text>", 0, "", "")],
            );
            fn walk(
                path: &__http4k_ws::RawPath<'_>,
                m: &mut __http4k_ws::Matching<'_>,
                at: usize,
            ) -> bool {
                __http4k_ws::literal_param_end(path, m, at, "echo", 0, 0)
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
