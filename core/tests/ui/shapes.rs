use cerial::Cerial;

#[derive(Cerial)]
union Union {
    a: u8,
    b: i8,
}

#[derive(Cerial)]
#[cerial(transparent)]
struct TwoFields {
    a: u8,
    b: u8,
}

#[derive(Cerial)]
#[cerial(transparent)]
enum Enum {
    A(u8),
}

fn main() {}
