// A way that a type does not have is told once, on the type; what contradicts itself on the word.
use cerial::Cerial;

struct Foreign;
struct NoHandler;

#[derive(Cerial)]
struct Strict {
    #[cerial(strict)]
    foreign: Foreign,
}

#[derive(Cerial)]
struct With {
    #[cerial(with = NoHandler)]
    foreign: Foreign,
}

#[derive(Cerial)]
enum BySerde {
    A {
        #[cerial(serde)]
        foreign: Foreign,
    },
}

fn main() {}
