pub fn app<S: Store>(hub: Hub, db: S, limit: impl Limit) -> PolyHandler {
    #[allow(unused_imports)]
    use ::http4k_ws::__private as __http4k_ws;
    #[allow(unused_imports)]
    use ::http4k_ws::__private::probes::*;
    let mut endpoints = __http4k_ws::Endpoints::new();
    let w0 = __http4k_ws::filter_before_ws(logged());
    endpoints.add({
        fn __endpoints<S: Store>(hub: &Hub, db: &S) -> [__http4k_ws::Endpoint; 2] {
            [
                __http4k_ws::ws(__http4k_ws::captured(&*hub), |c0, call| {
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
                }),
                __http4k_ws::http(
                    (
                        __http4k_ws::evaluated((*db).clone()),
                        __http4k_ws::evaluated(Page::new(&(*db), 20)),
                    ),
                    |(c1, c2), call| {
                        let p0 = __http4k_ws::witness();
                        let r = __http4k_ws::witness();
                        if call.is_request() {
                            let c1 = __http4k_ws::copied(c1);
                            let c2 = __http4k_ws::copied(c2);
                            let id = p0.of(call.param(0))?;
                            r.respond(show(id, c1, c2))
                        } else {
                            call.describe([p0.__param(0), (&r).__response()])
                        }
                    },
                ),
            ]
        }
        __endpoints::<S>(&hub, &db)
    });
    endpoints.add([__http4k_ws::http(
        __http4k_ws::evaluated(hub.into_site()),
        |c0, call| {
            let r = __http4k_ws::witness();
            if call.is_request() {
                let c0 = __http4k_ws::copied(c0);
                r.respond(stamp(c0))
            } else {
                call.describe([(&r).__response()])
            }
        },
    )]);
    endpoints.add({
        fn __endpoints<S: Store>(limit: &(impl Limit)) -> [__http4k_ws::Endpoint; 1] {
            [__http4k_ws::http(
                __http4k_ws::captured(&*limit),
                |c0, call| {
                    let r = __http4k_ws::witness();
                    if call.is_request() {
                        let c0 = __http4k_ws::copied(c0);
                        r.respond(show_limit(c0))
                    } else {
                        call.describe([(&r).__response()])
                    }
                },
            )]
        }
        __endpoints::<S>(&limit)
    });
    endpoints.with(0..1, &w0);
    {
        fn walk(
            path: &__http4k_ws::RawPath<'_>,
            m: &mut __http4k_ws::Matching<'_>,
            at: usize,
        ) -> bool {
            match path.byte(at, 0) {
                b'l' => path.last(at, b"limit") && m.end(path, &[3]),
                b'r' => {
                    if let Some(at1) = path.literal(at, b"rooms") {
                        m.last(path, 0, at1, &[0])
                    } else {
                        false
                    }
                }
                b's' => path.last(at, b"stamp") && m.end(path, &[2]),
                b'u' => {
                    if let Some(at1) = path.literal(at, b"users") {
                        m.last(path, 0, at1, &[1])
                    } else {
                        false
                    }
                }
                _ => false,
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
