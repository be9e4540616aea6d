//! The program: the application on a port, until a signal ends it.

fn main() -> std::io::Result<()> {
    let address = std::env::var("ADDRESS").unwrap_or("127.0.0.1:8080".to_owned());
    let server = my_app::app().as_server(address).start()?;
    println!("listening on http://{}/", server.addr());
    server.block();
    Ok(())
}
