const _: () = {
    let w0 = ::http4k_ws::__private::filter_before_http(logged());
    let w1 = ::http4k_ws::__private::filter_before_http(auth());
    let w2 = ::http4k_ws::__private::filter_before_http(own());
    let r0 = ::http4k_ws::__private::http_closure((), move |(), call| {
        let team = call.param(0)?;
        let id = call.param(1)?;
        ::http4k_ws::__private::answer(member(team, id))
    })
    .with(&w2)
    .with(&w1)
    .with(&w0);
    let n0 = ::http4k_ws::__private::http_closure((), move |(), call| {
        let team = call.param(0)?;
        ::http4k_ws::__private::answer(missing(team))
    });
    let n1 = ::http4k_ws::__private::http_handler(not_found);
    {
        const ROUTES: &[::http4k_ws::__private::RouteMeta] = &[::http4k_ws::__private::RouteMeta {
            protocol: ::http4k_ws::__private::Protocol::Http,
            methods: &[],
            template: "/api/<team>/members/<id>",
            params: &["team", "id"],
            name: "member",
            docs: "",
        }];
        fn walk(
            path: &::http4k_ws::__private::Path<'_>,
            m: &mut ::http4k_ws::__private::Matching<'_>,
            at: usize,
        ) -> bool {
            if let Some(at1) = path.literal(at, b"api") {
                {
                    let s = path.segment(at1);
                    let at2 = s.end;
                    m.capture(0, s) && {
                        m.scope(at2, 1usize);
                        if let Some(at3) = path.literal(at2, b"members") {
                            m.last(path, 1, at3, &[0])
                        } else {
                            false
                        }
                    }
                }
            } else {
                false
            }
        }
        ::http4k_ws::__private::Router::app(
            ROUTES,
            walk,
            [r0],
            [
                ::http4k_ws::__private::Unmatched {
                    params: &[],
                    side: ::http4k_ws::__private::unmatched().or_http(&n1),
                },
                ::http4k_ws::__private::Unmatched {
                    params: &["team"],
                    side: ::http4k_ws::__private::unmatched()
                        .or_http(&n0)
                        .with(&w1)
                        .with(&w0),
                },
            ],
        )
    }
};
