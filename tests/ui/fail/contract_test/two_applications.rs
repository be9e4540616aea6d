#![allow(unused_imports)]

use http4k_ws::{World, contract_test};

#[contract_test(one(), two())]
fn greets(world: &impl World) {
    world.ws("/bob");
}

fn main() {}
