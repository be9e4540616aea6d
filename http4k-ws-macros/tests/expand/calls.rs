#[calls(notice = News)]
enum Board {
    /// Renames a card.
    ///
    /// All see it.
    Rename(Rename, Reply<Card>),
    #[calls(rename = "follow")]
    Watch(Watch, Replies<Card>),
}

// becomes

#[automatically_derived]
impl ::http4k_ws::__private::calls::Calls for Board {
    type Notice = News;
    const NAME: &'static str = "Board";
    const CALLS: &'static [::http4k_ws::__private::calls::CallInfo] = &[
        ::http4k_ws::__private::calls::CallInfo::new::<Rename>("Renames a card.\n\nAll see it."),
        ::http4k_ws::__private::calls::CallInfo::new::<Watch>("")
    ];
    const REQUEST_NAME: &'static str = "BoardCall";
    const REPLY_NAME: &'static str = "BoardReply";
    fn described() -> ::std::vec::Vec<::http4k_ws::__private::calls::CallDescription> {
        #[allow(unused_imports)]
        use ::http4k_ws::__private::calls::NoSchema as _;
        ::std::vec![
            Self::CALLS[0usize].described(
                ::http4k_ws::__private::calls::witness::<Rename>().__schema(),
                ::http4k_ws::__private::calls::witness::<<Reply<Card> as ::http4k_ws::__private::calls::CallHandle>::Value>().__schema(),
            ),
            Self::CALLS[1usize].described(
                ::http4k_ws::__private::calls::witness::<Watch>().__schema(),
                ::http4k_ws::__private::calls::witness::<<Replies<Card> as ::http4k_ws::__private::calls::CallHandle>::Value>().__schema(),
            )
        ]
    }
    fn notice_schema() -> ::core::option::Option<::http4k_ws::__private::calls::SchemaOf> {
        #[allow(unused_imports)]
        use ::http4k_ws::__private::calls::NoSchema as _;
        ::http4k_ws::__private::calls::witness::<News>().__schema()
    }
    fn receive(call: ::http4k_ws::__private::calls::IncomingCall)
        -> ::core::result::Result<Self, ::http4k_ws::__private::calls::CallFailure>
    {
        match call.name() {
            "rename" => ::core::result::Result::Ok(Self::Rename(call.args()?, call.handle())),
            "follow" => ::core::result::Result::Ok(Self::Watch(call.args()?, call.handle())),
            _ => ::core::result::Result::Err(call.unknown()),
        }
    }
}
#[automatically_derived]
impl ::http4k_ws::__private::calls::CallArgs for Rename {
    type Calls = Board;
    type Handle = Reply<Card>;
    const NAME: &'static str = "rename";
}
#[automatically_derived]
impl ::http4k_ws::__private::calls::CallArgs for Watch {
    type Calls = Board;
    type Handle = Replies<Card>;
    const NAME: &'static str = "follow";
}
