use cerial::Cerial;

struct Canvas;

#[derive(Cerial)]
struct Page<'a> {
    title: &'a str,
    bytes: Option<&'a [u8]>,
    canvas: &'a Canvas,
    layers: Vec<(u8, &'a mut Canvas)>,
    #[cerial(skip)]
    skipped: Option<&'a Canvas>,
}

fn main() {}
