use http4k_ws::FromRequest;

#[derive(FromRequest)]
struct Settings {
    #[form(check_box)]
    news: bool,
    #[form(empty_as_nothing)]
    page: Option<u32>,
    #[form(optional)]
    size: Option<u32>,
}

fn main() {}
