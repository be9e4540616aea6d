const _: () = {
    let r0 = ::http4k_ws::__private::http_handler(home);
    let r1 = ::http4k_ws::__private::ws_handler(talk);
    {
        const ROUTES: &[::http4k_ws::__private::RouteMeta] = &[
            ::http4k_ws::__private::RouteMeta {
                protocol: ::http4k_ws::__private::Protocol::Http,
                methods: &["GET"],
                template: "/",
                params: &[],
                name: "home",
                docs: "",
            },
            ::http4k_ws::__private::RouteMeta {
                protocol: ::http4k_ws::__private::Protocol::Ws,
                methods: &[],
                template: "/ws",
                params: &[],
                name: "talk",
                docs: "",
            },
        ];
        fn walk(
            path: &::http4k_ws::__private::Path<'_>,
            m: &mut ::http4k_ws::__private::Matching<'_>,
            at: usize,
        ) -> bool {
            if path.is_end(at) {
                m.end(path, &[0])
            } else {
                path.last(at, b"ws") && m.end(path, &[1])
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
