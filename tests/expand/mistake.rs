pub fn app() -> PolyHandler {
    let r0 = ::http4k_ws::__private::http_handler(home);
    {
        fn walk(
            path: &::http4k_ws::__private::Path<'_>,
            m: &mut ::http4k_ws::__private::Matching<'_>,
            at: usize,
        ) -> bool {
            if path.is_end(at) {
                false
            } else {
                if let Some(at1) = path.literal(at, b"good") {
                    if path.is_end(at1) {
                        m.end(path, &[0])
                    } else {
                        false
                    }
                } else {
                    false
                }
            }
        }
        ::http4k_ws::__private::Router::app(
            <app::Routes as ::http4k_ws::__private::Tabled>::ROUTES,
            walk,
            [r0],
            [::http4k_ws::__private::Unmatched {
                params: &[],
                side: ::http4k_ws::__private::unmatched(),
            }],
        )
    }
}
#[doc = "The routes of `app()`."]
#[allow(dead_code, missing_debug_implementations, unreachable_pub)]
pub mod app {
    #[doc(hidden)]
    pub enum Routes {}
}
const _: () = {
    impl ::http4k_ws::__private::Tabled for app::Routes {
        const ROUTES: &'static [::http4k_ws::__private::RouteMeta] =
            &[::http4k_ws::__private::RouteMeta {
                protocol: ::http4k_ws::__private::Protocol::Http,
                methods: &[],
                template: "/good",
                params: &[],
                name: "home",
                docs: "",
            }];
    }
};
const _: () = {
    ::core::compile_error! { "a parameter is written `<id>`, not `{id}`\n\n\"/users/{id}\"\n        ^^^^" }
};
