use cerial::Cerial;

#[cerial::object(tag = "type")]
trait Arguments {}

#[cerial::object]
trait Generic<T> {
    fn get(&self) -> T;
}

#[cerial::object]
struct NoTrait;

#[derive(Cerial)]
struct Square(f64);

#[cerial::object]
impl Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}

trait Shape {}

#[derive(Cerial)]
struct Boxed<T>(T);

#[cerial::object]
impl<T: Cerial> Shape for Boxed<T> {}

cerial::objects! { Shape for Boxed<u8> }

fn main() {}
