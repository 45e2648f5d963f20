use cerial::Cerial;

struct Canvas;

#[derive(Cerial)]
struct Page {
    #[cerial(skip)]
    skipped: Canvas,
    #[cerial(default = no_such_function)]
    defaulted: u8,
}

fn main() {}
