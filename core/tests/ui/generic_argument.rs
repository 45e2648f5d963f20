use cerial::Cerial;

struct Canvas;

#[derive(Cerial)]
struct Page<T> {
    content: T,
}

fn main() {
    let _ = cerial::serialize(&Page { content: Canvas });
    let _ = cerial::deserialize::<Page<Canvas>>(&[]);
}
