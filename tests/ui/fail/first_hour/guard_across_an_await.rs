use http4k_ws::prelude::*;
use std::sync::{Arc, Mutex};

async fn pause() {}

async fn count(counter: Arc<Mutex<u32>>) -> String {
    let mut count = counter.lock().unwrap();
    *count += 1;
    pause().await;
    count.to_string()
}

routes! {
    pub fn app(counter: Arc<Mutex<u32>>) -> PolyHandler {
        GET "/" => http(count(counter)),
    }
}

fn main() {}
