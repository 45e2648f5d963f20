use cerial::Cerial;

#[cerial::function(nmae = "acme.f")]
fn argument() {}

#[cerial::function(version = "two")]
fn version() {}

#[cerial::function]
fn generic<T: Default>(_: u8) -> T {
    T::default()
}

#[cerial::function]
fn several<'a, 'b: 'a>(x: &'a u8, _: impl Copy, _: &'b u8) -> impl Copy + 'a {
    x
}

#[cerial::function]
async fn later() {}

#[cerial::function]
const fn copied() {}

#[cerial::function]
#[inline]
fn inlined() {}

#[cerial::function]
struct NoFunction;

struct Type;
impl Type {
    #[cerial::function]
    fn method(&self) {}
}

#[derive(Cerial)]
struct Boxed {
    f: Box<dyn Fn(u32) -> u32>,
}

fn main() {}
