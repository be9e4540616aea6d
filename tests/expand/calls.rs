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
impl ::http4k_ws::__private::calls::Call for Rename {
    type Calls = Board;
    type Handle = Reply<Card>;
    const NAME: &'static str = "rename";
}
#[automatically_derived]
impl ::http4k_ws::__private::calls::Call for Watch {
    type Calls = Board;
    type Handle = Replies<Card>;
    const NAME: &'static str = "follow";
}
