const _: () = {
    let w0 = ::http4k_ws::__private::filter(logged());
    let w1 = ::http4k_ws::__private::filter(auth());
    let w2 = ::http4k_ws::__private::filter(own());
    let r0 = ::http4k_ws::__private::http(move |call: ::http4k_ws::__private::Call| async move {
        let team = call.param(0)?;
        let id = call.param(1)?;
        ::core::result::Result::Ok::<_, ::http4k_ws::__private::Rejection>(
            ::http4k_ws::__private::response(
                ::http4k_ws::__private::answer(member(team, id)).await,
            ),
        )
    })
    .with(&*w2)
    .with(&*w1)
    .with(&*w0);
    let n0 = ::http4k_ws::__private::http(move |call: ::http4k_ws::__private::Call| async move {
        let team = call.param(0)?;
        ::core::result::Result::Ok::<_, ::http4k_ws::__private::Rejection>(
            ::http4k_ws::__private::response(::http4k_ws::__private::answer(missing(team)).await),
        )
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
            match path.next(at) {
                None => false,
                Some(s0) => match path.text(s0) {
                    b"api" => match path.next(s0.end) {
                        None => false,
                        Some(s1) => {
                            m.capture(0, s1) && {
                                m.scope(s1.end, 1usize);
                                match path.next(s1.end) {
                                    None => false,
                                    Some(s2) => match path.text(s2) {
                                        b"members" => match path.next(s2.end) {
                                            None => false,
                                            Some(s3) => {
                                                m.capture(1, s3)
                                                    && match path.next(s3.end) {
                                                        None => m.end(path, &[0]),
                                                        Some(_) => false,
                                                    }
                                            }
                                        },
                                        _ => false,
                                    },
                                }
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
            [
                ::http4k_ws::__private::Unmatched {
                    params: &[],
                    side: ::http4k_ws::__private::unmatched().or_http(&n1),
                },
                ::http4k_ws::__private::Unmatched {
                    params: &["team"],
                    side: ::http4k_ws::__private::unmatched()
                        .or_http(&n0)
                        .with(&*w1)
                        .with(&*w0),
                },
            ],
        )
    }
};
