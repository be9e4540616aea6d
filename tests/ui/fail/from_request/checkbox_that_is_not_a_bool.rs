use http4k_ws::FromRequest;

#[derive(FromRequest)]
struct Settings {
    #[form(checkbox)]
    news: Option<bool>,
    #[form(checkbox)]
    offers: Vec<bool>,
    #[query(checkbox, default = true)]
    terms: bool,
    #[cookie(checkbox)]
    dark: bool,
}

fn main() {}
