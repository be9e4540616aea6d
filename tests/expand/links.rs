pub fn app() -> PolyHandler {
    let r0 = ::http4k_ws::__private::http((), |(), call| {
        let id: u64 = call.param(0)?;
        let tab = call.param(1)?;
        ::http4k_ws::__private::answer(show(id, tab))
    });
    let r1 = ::http4k_ws::__private::http((), |(), call| {
        let id: UserId = call.param(0)?;
        ::http4k_ws::__private::answer(person(id))
    });
    {
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
            } else if let Some(at1) = path.literal(at, b"people") {
                m.last(path, 0, at1, &[1])
            } else {
                false
            }
        }
        ::http4k_ws::__private::Router::app(
            <app::Routes as ::http4k_ws::__private::Tabled>::ROUTES,
            walk,
            [r0, r1],
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
    #[doc = "`GET /users/<id>/<tab>`\n\nOne user."]
    #[deprecated]
    pub struct user<P1> {
        #[doc = "The parameter `<id>`."]
        pub id: ::core::primitive::u64,
        #[doc = "The parameter `<tab>`."]
        pub tab: P1,
    }
    #[doc = "`/people/<id>`"]
    pub struct person {
        #[doc = "The parameter `<id>`."]
        pub id: <__T1_0 as ::http4k_ws::__private::Typed>::Type,
    }
    #[doc(hidden)]
    pub(super) enum __T1_0 {}
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
                template: "/users/<id>/<tab>",
                params: &["id", "tab"],
                name: "user",
                docs: "One user.",
            },
            ::http4k_ws::__private::RouteMeta {
                protocol: ::http4k_ws::__private::Protocol::Http,
                methods: &[],
                template: "/people/<id>",
                params: &["id"],
                name: "person",
                docs: "",
            },
        ];
    }
    impl<P1> ::http4k_ws::__private::Link for app::user<P1>
    where
        P1: ::http4k_ws::__private::ToPath,
    {
        type App = app::Routes;
        fn uri(&self) -> ::std::string::String {
            ::http4k_ws::__private::path_of("/users/<id>/<tab>", &[&self.id, &self.tab])
        }
    }
    impl<P1> app::user<P1> {
        #[doc = r" The path, with the parameters percent-encoded."]
        pub fn uri(&self) -> ::std::string::String
        where
            P1: ::http4k_ws::__private::ToPath,
        {
            ::http4k_ws::__private::Link::uri(self)
        }
    }
    impl ::http4k_ws::__private::Typed for app::__T1_0 {
        type Type = UserId;
    }
    impl ::http4k_ws::__private::Link for app::person
    where
        for<'a> &'a UserId: ::http4k_ws::__private::ToPath,
    {
        type App = app::Routes;
        fn uri(&self) -> ::std::string::String {
            ::http4k_ws::__private::path_of("/people/<id>", &[&&self.id])
        }
    }
    impl app::person {
        #[doc = r" The path, with the parameters percent-encoded."]
        pub fn uri(&self) -> ::std::string::String
        where
            for<'a> &'a UserId: ::http4k_ws::__private::ToPath,
        {
            ::http4k_ws::__private::Link::uri(self)
        }
    }
};
