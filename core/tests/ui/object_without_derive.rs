// The supertrait that the attribute gives to the trait says it, with or without the attribute on the impl.
#[cerial::object]
trait Shape {}

struct Square(f64);

impl Shape for Square {}

fn main() {}
