const _: () = {
    let r0 = ::http4k_ws::__private::ws_closure(
        ::http4k_ws::__private::captured(&hub),
        move |c2, call| {
            let c2 = ::http4k_ws::__private::copied(c2);
            let name = call.param(0)?;
            ::http4k_ws::__private::accept(
                call,
                move |ws: ::http4k_ws::__private::WebSocket<_, _>| chat(ws, name, c2),
            )
        },
    );
    let r1 = ::http4k_ws::__private::ws_closure((), move |(), call| {
        let name = call.param(0)?;
        ::http4k_ws::__private::ws_answer(choose(name))
    });
    {
        const ROUTES: &[::http4k_ws::__private::RouteMeta] = &[
            ::http4k_ws::__private::RouteMeta {
                protocol: ::http4k_ws::__private::Protocol::Ws,
                methods: &[],
                template: "/ws/<name>",
                params: &["name"],
                name: "chat",
                docs: "",
            },
            ::http4k_ws::__private::RouteMeta {
                protocol: ::http4k_ws::__private::Protocol::Ws,
                methods: &[],
                template: "/choose/<name>",
                params: &["name"],
                name: "choose",
                docs: "",
            },
        ];
        fn walk(
            path: &::http4k_ws::__private::Path<'_>,
            m: &mut ::http4k_ws::__private::Matching<'_>,
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
        ::http4k_ws::__private::Router::app(
            ROUTES,
            walk,
            [r0, r1],
            [::http4k_ws::__private::Unmatched {
                params: &[],
                side: ::http4k_ws::__private::unmatched(),
            }],
        )
    }
};
