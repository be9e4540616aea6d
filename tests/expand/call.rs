const _: () = {
    let r0 = ::http4k_ws::__private::http_closure(
        (
            ::http4k_ws::__private::captured(&db),
            ::http4k_ws::__private::captured(&config.site),
            ::http4k_ws::__private::made(20),
        ),
        move |(c3, c4, c5), mut call| {
            let c3 = ::http4k_ws::__private::copied(c3);
            let c5 = ::http4k_ws::__private::copied(c5);
            ::http4k_ws::__private::later(async move {
                let id: u64 = call.param(0)?;
                let tab = call.param(1)?;
                let a2 = call.extract().await?;
                let req = call.into_request();
                ::http4k_ws::__private::response(
                    ::http4k_ws::__private::future(show(id, tab, a2, c3, &**c4, c5, req)).await,
                )
            })
        },
    );
    {
        const ROUTES: &[::http4k_ws::__private::RouteMeta] = &[::http4k_ws::__private::RouteMeta {
            protocol: ::http4k_ws::__private::Protocol::Http,
            methods: &["GET", "HEAD"],
            template: "/users/<id>/<tab>",
            params: &["id", "tab"],
            name: "user",
            docs: "Shows one user.",
        }];
        fn walk(
            path: &::http4k_ws::__private::Path<'_>,
            m: &mut ::http4k_ws::__private::Matching<'_>,
            at: usize,
        ) -> bool {
            if let Some(at1) = path.literal(at, b"users") {
                {
                    let s = path.segment(at1);
                    let at2 = s.end;
                    m.capture(0, s) && m.last(path, 1, at2, &[0])
                }
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
