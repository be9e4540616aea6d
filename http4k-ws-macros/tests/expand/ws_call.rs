const _: () = "`routes!` without a function is an expression. As an item, write `routes! { pub fn app() -> PolyHandler { .. } }`"
    << ::http4k_ws::__private::Expression({
        #[allow(unused_imports)]
        use ::http4k_ws::__private as __http4k_ws;
        #[allow(unused_imports)]
        use ::http4k_ws::__private::probes::*;
        let mut endpoints = __http4k_ws::Endpoints::new();
        endpoints.add([__http4k_ws::ws_closure(
            __http4k_ws::captured(&hub),
            move |c2, call| {
                let p0 = __http4k_ws::witness();
                let r = __http4k_ws::witness();
                if call.is_request() {
                    let c2 = __http4k_ws::copied(c2);
                    let name = p0.of(call.param(0))?;
                    r.accept(call, move |ws: __http4k_ws::WebSocket<_, _>| {
                        chat(ws, name, c2)
                    })
                } else {
                    call.describe([p0.__param(0), (&r).__socket()])
                }
            },
        )]);
        endpoints.add([__http4k_ws::ws_closure((), move |(), call| {
            let p0 = __http4k_ws::witness();
            if call.is_request() {
                let name = p0.of(call.param(0))?;
                __http4k_ws::ws_respond(__http4k_ws::opens(&choose)(name))
            } else {
                call.describe([p0.__param(0)])
            }
        })]);
        {
            const ROUTES: &[__http4k_ws::RouteMeta] = &[
                __http4k_ws::ws_route(&[], "/ws/<name>", &["name"], "chat", ""),
                __http4k_ws::ws_route(&[], "/choose/<name>", &["name"], "choose", ""),
            ];
            fn walk(
                path: &__http4k_ws::RawPath<'_>,
                m: &mut __http4k_ws::Matching<'_>,
                at: usize,
            ) -> bool {
                if let Some(at1) = path.literal(at, b"ws") {
                    m.last(path, 0, at1, &[0])
                } else if let Some(at1) = path.literal(at, b"choose") {
                    m.last(path, 0, at1, &[1])
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
