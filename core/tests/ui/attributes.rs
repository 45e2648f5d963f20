// Every error of an item is reported, not the first alone.
use cerial::Cerial;

#[derive(Cerial)]
#[cerial(nmae = "acme.Order")]
struct UnknownOnAType {
    a: u8,
}

#[derive(Cerial)]
#[cerial(name = 5)]
struct NameIsNoText {
    a: u8,
}

#[derive(Cerial)]
enum UnknownOnAVariant {
    #[cerial(skip)]
    A,
}

#[derive(Cerial)]
struct UnknownOnFields {
    #[cerial(skipped)]
    a: u8,
    b: u8,
    #[cerial(rename_all = "x")]
    c: u8,
}

#[derive(Cerial)]
struct WithWhat {
    #[cerial(with = 1 + 1)]
    a: u8,
}

fn main() {}
