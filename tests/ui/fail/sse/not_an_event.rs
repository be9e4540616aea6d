//! A stream of a type that is not a message.

use http4k_ws::prelude::*;
use http4k_ws::sse::Sse;

struct Price;

async fn prices(sse: Sse<Price>, symbol: String) {
    drop((sse, symbol));
}

routes! {
    pub fn app() -> PolyHandler {
        "/prices/<symbol>" => sse(prices(sse, symbol)),
    }
}

fn main() {
    app();
}
