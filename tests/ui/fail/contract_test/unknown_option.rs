#![allow(unused_imports)]

use http4k_ws::{World, contract_test};

#[contract_test(app(), configuration = config())]
fn greets(world: &impl World) {
    world.http("/");
}

fn main() {}
