#[doc = " The whole application."]
pub fn app() -> PolyHandler {
    let r0 = ::http4k_ws::__private::http_handler(one);
    let r1 = ::http4k_ws::__private::http_handler(two);
    let r2 = ::http4k_ws::__private::http((), |(), call| {
        let x = call.param(0)?;
        ::http4k_ws::__private::answer(three(x))
    });
    let r3 = ::http4k_ws::__private::http((), |(), call| {
        let rest = call.param(0)?;
        ::http4k_ws::__private::answer(four(rest))
    });
    let r4 = ::http4k_ws::__private::mount(five());
    {
        fn walk(
            path: &::http4k_ws::__private::Path<'_>,
            m: &mut ::http4k_ws::__private::Matching<'_>,
            at: usize,
        ) -> bool {
            if let Some(at1) = path.literal(at, b"a") {
                (path.last(at1, b"b") && m.end(path, &[0, 1])
                    || {
                        let s = path.segment(at1);
                        let at2 = s.end;
                        m.capture(0, s) && path.last(at2, b"c") && m.end(path, &[2])
                    }
                    || m.rest(path, 0, at1, &[3]))
            } else if let Some(at1) = path.literal(at, b"m") {
                m.mount(path, at1, 4)
            } else {
                false
            }
        }
        ::http4k_ws::__private::Router::app(
            <app::Routes as ::http4k_ws::__private::Tabled>::ROUTES,
            walk,
            [r0, r1, r2, r3, r4],
            [::http4k_ws::__private::Unmatched {
                params: &[],
                side: ::http4k_ws::__private::unmatched(),
            }],
        )
    }
}
#[doc = "Links to the routes of `app()`."]
#[allow(
    dead_code,
    missing_debug_implementations,
    non_camel_case_types,
    private_bounds,
    private_interfaces,
    unreachable_pub
)]
pub mod app {
    #[doc(hidden)]
    pub enum Routes {}
    #[doc = "`GET /a/b`"]
    pub struct one;
    #[doc = "`POST /a/b`"]
    pub struct two;
    #[doc = "`/a/<x>/c`"]
    pub struct three<P0> {
        #[doc = "The parameter `<x>`."]
        pub x: P0,
    }
    #[doc = "`/a/<rest..>`"]
    pub struct four<P0> {
        #[doc = "The parameter `<rest>`."]
        pub rest: P0,
    }
    #[doc = r" The path of a link to a route here, or of one that is mounted here."]
    pub fn uri<L, OnlyMount>(link: L) -> ::std::string::String
    where
        L: ::http4k_ws::__private::Link,
        Routes: ::http4k_ws::__private::Mounts<L::App, OnlyMount>,
    {
        ::http4k_ws::__private::mounted_uri::<Routes, L, OnlyMount>(
            ::std::string::String::new(),
            &link,
        )
    }
}
#[allow(deprecated, private_bounds, private_interfaces)]
const _: () = {
    impl ::http4k_ws::__private::Tabled for app::Routes {
        const ROUTES: &'static [::http4k_ws::__private::RouteMeta] = &[
            ::http4k_ws::__private::RouteMeta {
                protocol: ::http4k_ws::__private::Protocol::Http,
                methods: &["GET"],
                template: "/a/b",
                params: &[],
                name: "one",
                docs: "",
            },
            ::http4k_ws::__private::RouteMeta {
                protocol: ::http4k_ws::__private::Protocol::Http,
                methods: &["POST"],
                template: "/a/b",
                params: &[],
                name: "two",
                docs: "",
            },
            ::http4k_ws::__private::RouteMeta {
                protocol: ::http4k_ws::__private::Protocol::Http,
                methods: &[],
                template: "/a/<x>/c",
                params: &["x"],
                name: "three",
                docs: "",
            },
            ::http4k_ws::__private::RouteMeta {
                protocol: ::http4k_ws::__private::Protocol::Http,
                methods: &[],
                template: "/a/<rest..>",
                params: &["rest"],
                name: "four",
                docs: "",
            },
            ::http4k_ws::__private::RouteMeta {
                protocol: ::http4k_ws::__private::Protocol::Mount,
                methods: &[],
                template: "/m",
                params: &[],
                name: "five",
                docs: "",
            },
        ];
        const MOUNTS: &'static [::http4k_ws::__private::Mount] =
            &[::http4k_ws::__private::Mount::of::<app::Routes, 4>("five")];
    }
    #[allow(unused_imports)]
    const _: () = {
        type __Router = app::Routes;
        const _: () = {
            mod five {
                pub use ::http4k_ws::__private::Unknown as Routes;
            }
            const _: () = {
                use self::*;
                impl ::http4k_ws::__private::Mounting<4> for __Router {
                    type Mounted = five::Routes;
                }
            };
        };
    };
    #[allow(long_running_const_eval)]
    const _: () = ::http4k_ws::__private::check_mount(
        <app::Routes as ::http4k_ws::__private::Tabled>::TABLE,
        0,
    );
    impl<T, A> ::http4k_ws::__private::Mounts<T, ::http4k_ws::__private::Through<4, A>> for app::Routes
    where
        <app::Routes as ::http4k_ws::__private::Mounting<4>>::Mounted:
            ::http4k_ws::__private::Mounts<T, A>,
    {
        fn prefix(path: &mut ::std::string::String) {
            ::http4k_ws::__private::push_prefix::<
                <app::Routes as ::http4k_ws::__private::Mounting<4>>::Mounted,
                T,
                A,
            >(path, "/m")
        }
    }
    impl ::http4k_ws::__private::Link for app::one {
        type App = app::Routes;
        fn uri(&self) -> ::std::string::String {
            ::http4k_ws::__private::path_of("/a/b", &[])
        }
    }
    impl app::one {
        #[doc = r" The path, with the parameters percent-encoded."]
        pub fn uri(&self) -> ::std::string::String {
            ::http4k_ws::__private::Link::uri(self)
        }
    }
    impl ::http4k_ws::__private::Link for app::two {
        type App = app::Routes;
        fn uri(&self) -> ::std::string::String {
            ::http4k_ws::__private::path_of("/a/b", &[])
        }
    }
    impl app::two {
        #[doc = r" The path, with the parameters percent-encoded."]
        pub fn uri(&self) -> ::std::string::String {
            ::http4k_ws::__private::Link::uri(self)
        }
    }
    impl<P0> ::http4k_ws::__private::Link for app::three<P0>
    where
        P0: ::http4k_ws::__private::ToPath,
    {
        type App = app::Routes;
        fn uri(&self) -> ::std::string::String {
            ::http4k_ws::__private::path_of("/a/<x>/c", &[&self.x])
        }
    }
    impl<P0> app::three<P0> {
        #[doc = r" The path, with the parameters percent-encoded."]
        pub fn uri(&self) -> ::std::string::String
        where
            P0: ::http4k_ws::__private::ToPath,
        {
            ::http4k_ws::__private::Link::uri(self)
        }
    }
    impl<P0> ::http4k_ws::__private::Link for app::four<P0>
    where
        P0: ::http4k_ws::__private::ToPath,
    {
        type App = app::Routes;
        fn uri(&self) -> ::std::string::String {
            ::http4k_ws::__private::path_of("/a/<rest..>", &[&self.rest])
        }
    }
    impl<P0> app::four<P0> {
        #[doc = r" The path, with the parameters percent-encoded."]
        pub fn uri(&self) -> ::std::string::String
        where
            P0: ::http4k_ws::__private::ToPath,
        {
            ::http4k_ws::__private::Link::uri(self)
        }
    }
};
