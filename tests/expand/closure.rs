const _: () = {
    let r0 = ::http4k_ws::__private::http(
        |text: String| async move { text },
        |f, call| {
            let text = call.param(0)?;
            ::http4k_ws::__private::answer(f(text))
        },
    );
    {
        const ROUTES: &[::http4k_ws::__private::RouteMeta] = &[::http4k_ws::__private::RouteMeta {
            protocol: ::http4k_ws::__private::Protocol::Http,
            methods: &[],
            template: "/echo/<text>",
            params: &["text"],
            name: "",
            docs: "",
        }];
        fn walk(
            path: &::http4k_ws::__private::Path<'_>,
            m: &mut ::http4k_ws::__private::Matching<'_>,
            at: usize,
        ) -> bool {
            if let Some(at1) = path.literal(at, b"echo") {
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
