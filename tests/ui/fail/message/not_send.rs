use http4k_ws::Message;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Message)]
struct Person {
    #[serde(skip)]
    cache: std::cell::OnceCell<std::rc::Rc<str>>,
}

fn main() {}
