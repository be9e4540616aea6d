fn app(db: Db, state: Arc<State>, hub: Hub) -> PolyHandler {
    #[allow(unused_imports)]
    use ::http4k_ws::__private as __http4k_ws;
    let mut endpoints = __http4k_ws::Endpoints::new();
    fn __endpoints0(
        db: __http4k_ws::Option<&Db>,
        state: __http4k_ws::Option<&Arc<State>>,
        hub: __http4k_ws::Option<&Hub>,
    ) -> [__http4k_ws::Endpoint; 10] {
        [
            __http4k_ws::http_handler(home),
            __http4k_ws::http(
                __http4k_ws::captured_loan(&db),
                __http4k_ws::param(0),
                |c1, id| __http4k_ws::respond(show(id, c1)),
            )
            .0,
            __http4k_ws::http_reading(
                __http4k_ws::captured_loan(&db),
                (),
                __http4k_ws::extracted(),
                |c1, (), a0| __http4k_ws::returned(create(a0, c1)),
            )
            .0,
            __http4k_ws::http_lent(
                match state {
                    __http4k_ws::Some(state) => {
                        #[allow(unused_imports)]
                        use __http4k_ws::CapturesWhole as _;
                        __http4k_ws::part_of(&*state, |whole| &whole.names).captured()
                    }
                    __http4k_ws::None => __http4k_ws::absent(),
                },
                __http4k_ws::param::<__http4k_ws::String, _>(0),
                |c1, name| {
                    __http4k_ws::later(async move {
                        __http4k_ws::response(__http4k_ws::future(greet(&name, &**c1)).await)
                    })
                },
            ),
            __http4k_ws::http(
                __http4k_ws::captured_loan(&hub),
                __http4k_ws::param(0),
                |c0, room| {
                    __http4k_ws::later(async move {
                        __http4k_ws::response(__http4k_ws::future(c0.count(room)).await)
                    })
                },
            )
            .0,
            __http4k_ws::ws(
                __http4k_ws::captured_loan(&hub),
                __http4k_ws::param(0),
                |c2, name, ws: __http4k_ws::WebSocket<_, _>| chat(ws, name, c2),
            )
            .0,
            __http4k_ws::ws_reading(
                __http4k_ws::captured_loan(&hub),
                __http4k_ws::param::<__http4k_ws::String, _>(0),
                __http4k_ws::extracted(),
                |c0, room, a3, ws: __http4k_ws::WebSocket<_, _>| async move {
                    __http4k_ws::ws_result(
                        __http4k_ws::consumed({
                            #[allow(unused_imports)]
                            use __http4k_ws::BodyOnce as _;
                            let t3 = __http4k_ws::extracted_from(&a3);
                            (
                                c0.join(ws, &room, a3),
                                __http4k_ws::of_handshake(t3).checked(),
                            )
                                .0
                        })
                        .await,
                    )
                },
            )
            .0,
            __http4k_ws::opening((), __http4k_ws::param(0), |(), name| {
                __http4k_ws::ws_respond(__http4k_ws::opens(&choose)(name))
            }),
            __http4k_ws::sse(
                __http4k_ws::captured_loan(&db),
                (),
                |c1, (), sse: __http4k_ws::Sse<_>| feed(sse, c1),
            )
            .0,
            __http4k_ws::http_lent(
                |text: String| async move { text },
                __http4k_ws::param(0),
                |f, text| __http4k_ws::respond_lent(f(text)),
            ),
        ]
    }
    endpoints.add(__endpoints0(
        __http4k_ws::Some(&db),
        __http4k_ws::Some(&state),
        __http4k_ws::Some(&hub),
    ));
    #[allow(non_local_definitions)]
    impl __http4k_ws::TestsLinks for app::__Routes {
        fn tests() -> &'static __http4k_ws::OnceLock<__http4k_ws::LinkTests> {
            static TESTS: __http4k_ws::OnceLock<__http4k_ws::LinkTests> =
                __http4k_ws::OnceLock::new();
            &TESTS
        }
        fn add(tests: &mut __http4k_ws::LinkTests) {
            tests.add(
                0,
                __endpoints0(__http4k_ws::None, __http4k_ws::None, __http4k_ws::None),
            );
        }
    }
    {
        fn walk(
            path: &__http4k_ws::RawPath<'_>,
            m: &mut __http4k_ws::Matching<'_>,
            at: usize,
        ) -> bool {
            if path.is_end(at) {
                m.end(path, &[0])
            } else {
                match path.byte(at, 0) {
                    b'c' => __http4k_ws::leaf_end(
                        path,
                        m,
                        at,
                        0,
                        match path.byte(at, 1) {
                            b'h' => (7, "choose", true),
                            b'l' => (9, "closure", true),
                            b'o' => (4, "count", true),
                            _ => __http4k_ws::NO_LEAF,
                        },
                    ),
                    b'f' => __http4k_ws::literal_end(path, m, at, "feed", 8),
                    b'j' => __http4k_ws::literal_param_end(path, m, at, "join", 0, 6),
                    b'l' => __http4k_ws::literal_param_end(path, m, at, "lent", 0, 3),
                    b'u' => {
                        if let Some(at1) = path.literal(at, b"users") {
                            if path.is_end(at1) {
                                m.end(path, &[2])
                            } else {
                                m.last(path, 0, at1, &[1])
                            }
                        } else {
                            false
                        }
                    }
                    b'w' => __http4k_ws::literal_param_end(path, m, at, "ws", 0, 5),
                    _ => false,
                }
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
