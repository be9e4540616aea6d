const _: () = {
    let r0 = ::http4k_ws::__private::ws(::http4k_ws::__private::captured(&hub), |c0, call| {
        let c0 = ::http4k_ws::__private::copied(c0);
        let room = call.param(0)?;
        ::http4k_ws::__private::accept(
            call,
            move |ws: ::http4k_ws::__private::WebSocket<_, _>| async move {
                ::http4k_ws::__private::ws_result(
                    ::http4k_ws::__private::consumed(c0.join(ws, room)).await,
                )
            },
        )
    });
    {
        const ROUTES: &[::http4k_ws::__private::RouteMeta] = &[::http4k_ws::__private::RouteMeta {
            protocol: ::http4k_ws::__private::Protocol::Ws,
            methods: &[],
            template: "/rooms/<room>",
            params: &["room"],
            name: "join",
            docs: "",
        }];
        fn walk(
            path: &::http4k_ws::__private::Path<'_>,
            m: &mut ::http4k_ws::__private::Matching<'_>,
            at: usize,
        ) -> bool {
            if let Some(at1) = path.literal(at, b"rooms") {
                m.last(path, 0, at1, &[0])
            } else {
                false
            }
        }
        ::http4k_ws::__private::Router::app(
            ROUTES,
            walk,
            [r0],
            [::http4k_ws::__private::Unmatched {
                params: &[],
                side: ::http4k_ws::__private::unmatched(),
            }],
        )
    }
};
