#[doc = " The whole application."]
pub fn app() -> PolyHandler {
    #[allow(unused_imports)]
    use ::http4k_ws::__private as __http4k_ws;
    #[allow(unused_imports)]
    use ::http4k_ws::__private::probes::*;
    let mut endpoints = __http4k_ws::Endpoints::new();
    fn __endpoints0() -> [__http4k_ws::Endpoint; 4] {
        [
            __http4k_ws::http_handler(one),
            __http4k_ws::http_handler(two),
            {
                let p0 = __http4k_ws::param(0);
                let e = __http4k_ws::http((), p0, |(), x| __http4k_ws::respond(three(x)));
                e.0.described([(&p0).__param(), (&e.1).__response()])
            },
            {
                let p0 = __http4k_ws::rest(0);
                let e = __http4k_ws::http((), p0, |(), rest| __http4k_ws::respond(four(rest)));
                e.0.described([(&p0).__param(), (&e.1).__response()])
            },
        ]
    }
    endpoints.add(__endpoints0());
    endpoints.add([__http4k_ws::mount(five())]);
    #[allow(non_local_definitions)]
    impl __http4k_ws::TestsLinks for app::__Routes {
        fn tests() -> &'static __http4k_ws::OnceLock<__http4k_ws::LinkTests> {
            static TESTS: __http4k_ws::OnceLock<__http4k_ws::LinkTests> =
                __http4k_ws::OnceLock::new();
            &TESTS
        }
        fn add(tests: &mut __http4k_ws::LinkTests) {
            tests.add(0, __endpoints0());
        }
    }
    {
        fn walk(
            path: &__http4k_ws::RawPath<'_>,
            m: &mut __http4k_ws::Matching<'_>,
            at: usize,
        ) -> bool {
            if let Some(at1) = path.literal(at, b"a") {
                (path.last(at1, b"b") && m.end(path, &[0, 1])
                    || {
                        let s = path.segment(at1);
                        let at2 = s.end;
                        m.capture(0, s) && __http4k_ws::literal_end(path, m, at2, "c", 2)
                    }
                    || m.rest(path, 0, at1, &[3]))
            } else if let Some(at1) = path.literal(at, b"m") {
                m.mount(path, at1, 4)
            } else {
                false
            }
        }
        __http4k_ws::Router::app(
            <app::__Routes as __http4k_ws::Tabled>::ROUTES,
            walk,
            endpoints,
            [__http4k_ws::Unmatched {
                params: &[],
                endpoint: __http4k_ws::unmatched(),
                fallbacks: &[],
            }],
        )
    }
}
