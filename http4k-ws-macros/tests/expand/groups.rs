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
                {
                    let p0 = __http4k_ws::param(0);
                    let e = __http4k_ws::ws(
                        __http4k_ws::captured(&*hub),
                        p0,
                        |c0, room, ws: __http4k_ws::WebSocket<_, _>| async move {
                            __http4k_ws::ws_result(__http4k_ws::consumed(c0.join(ws, room)).await)
                        },
                    );
                    e.0.described([(&p0).__param(), (&e.1).__socket()])
                },
                {
                    let p0 = __http4k_ws::param(0);
                    let e = __http4k_ws::http(
                        (
                            __http4k_ws::evaluated((*db).clone()),
                            __http4k_ws::evaluated(Page::new(&(*db), 20)),
                        ),
                        p0,
                        |(c1, c2), id| __http4k_ws::respond(show(id, c1, c2)),
                    );
                    e.0.described([(&p0).__param(), (&e.1).__response()])
                },
            ]
        }
        __endpoints::<S>(&hub, &db)
    });
    endpoints.add([{
        let e = __http4k_ws::http(__http4k_ws::evaluated(hub.into_site()), (), |c0, ()| {
            __http4k_ws::respond(stamp(c0))
        });
        e.0.described([(&e.1).__response()])
    }]);
    endpoints.add({
        fn __endpoints<S: Store>(limit: &(impl Limit)) -> [__http4k_ws::Endpoint; 1] {
            [{
                let e = __http4k_ws::http(__http4k_ws::captured(&*limit), (), |c0, ()| {
                    __http4k_ws::respond(show_limit(c0))
                });
                e.0.described([(&e.1).__response()])
            }]
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
            __http4k_ws::leaf_end(
                path,
                m,
                at,
                0,
                match path.byte(at, 0) {
                    b'l' => (3, "limit", false),
                    b'r' => (0, "rooms", true),
                    b's' => (2, "stamp", false),
                    b'u' => (1, "users", true),
                    _ => __http4k_ws::NO_LEAF,
                },
            )
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
