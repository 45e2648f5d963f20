#[cerial::object]
trait Shape {}

struct Square(f64);

#[cerial::object]
impl Shape for Square {}

fn main() {}
