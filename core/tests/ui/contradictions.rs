use cerial::Cerial;

#[derive(Cerial)]
#[cerial(name = "a", name = "b")]
struct TwoNames;

#[derive(Cerial)]
struct TwoWays {
    #[cerial(rename = "x", rename = "y")]
    a: u8,
    #[cerial(serde, strict)]
    b: u8,
    #[cerial(default)]
    #[cerial(default = u8::default)]
    c: u8,
    #[cerial(skip, rename = "z")]
    d: u8,
}

#[derive(Cerial)]
struct OneNameTwice {
    a: u8,
    #[cerial(rename = "a")]
    b: u8,
}

#[derive(Cerial)]
enum OneVariantTwice {
    A,
    #[cerial(rename = "A")]
    B,
}

#[derive(Cerial)]
enum OthersTwice {
    #[cerial(other)]
    A,
    #[cerial(other)]
    B,
}

#[derive(Cerial)]
enum OtherOfWhat {
    #[cerial(other)]
    A(u8),
}

fn main() {}
