#[path_param(rename_all = "kebab-case")]
enum Sort {
    NewestFirst,
    #[path_param(rename = "old")]
    OldestFirst,
}

// becomes

#[automatically_derived]
impl ::http4k_ws::__private::path_param::PathValues for Sort {
    const VALUES: &'static [&'static str] = &["newest-first", "old"];
}
#[automatically_derived]
impl ::core::str::FromStr for Sort {
    type Err = ::http4k_ws::__private::path_param::UnknownName;
    fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
        match text {
            "newest-first" => ::core::result::Result::Ok(Self::NewestFirst),
            "old" => ::core::result::Result::Ok(Self::OldestFirst),
            _ => ::core::result::Result::Err(
                ::http4k_ws::__private::path_param::UnknownName::new(text, &["newest-first", "old"])
            ),
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Display for Sort {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.pad(match self {
            Self::NewestFirst { .. } => "newest-first",
            Self::OldestFirst { .. } => "old",
        })
    }
}
