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
            if path.is_end(at) {
                false
            } else {
                if let Some(at1) = path.literal(at, b"echo") {
                    if path.is_end(at1) {
                        false
                    } else {
                        {
                            let s = path.segment(at1);
                            let at2 = s.end;
                            m.capture(0, s)
                                && if path.is_end(at2) {
                                    m.end(path, &[0])
                                } else {
                                    false
                                }
                        }
                    }
                } else {
                    false
                }
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
