const _: () = {
    let r0 = {
        let f = ::http4k_ws::__private::Arc::new(|text: String| async move { text });
        ::http4k_ws::__private::http(move |call: ::http4k_ws::__private::Call| {
            let f = ::core::clone::Clone::clone(&f);
            async move {
                let text = call.param(0)?;
                ::core::result::Result::Ok::<_, ::http4k_ws::__private::Rejection>(
                    ::http4k_ws::__private::response(::http4k_ws::__private::answer(f(text)).await),
                )
            }
        })
    };
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
            match path.next(at) {
                None => false,
                Some(s0) => match path.text(s0) {
                    b"echo" => match path.next(s0.end) {
                        None => false,
                        Some(s1) => {
                            m.capture(0, s1)
                                && match path.next(s1.end) {
                                    None => m.end(path, &[0]),
                                    Some(_) => false,
                                }
                        }
                    },
                    _ => false,
                },
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
