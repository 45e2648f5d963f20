use cerial::Cerial;

#[derive(Cerial)]
#[cerial(pod)]
enum NoStruct {
    One,
}

#[derive(Cerial)]
#[cerial(pod)]
struct Skips {
    a: u32,
    #[cerial(skip)]
    b: u32,
}

#[derive(Cerial)]
#[cerial(pod)]
struct Generic<T> {
    a: T,
}

fn main() {}
