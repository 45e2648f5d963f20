use cerial::{Cerial, Live};

struct Client;

#[derive(Cerial)]
struct App {
    db: Live<Client>,
}

fn main() {}
