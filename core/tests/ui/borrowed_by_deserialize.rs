use cerial::Cerial;

#[derive(Cerial)]
struct Page<'a> {
    title: &'a str,
}

fn main() {
    let bytes = cerial::serialize(&Page { title: "a" }).unwrap();
    let page: Page<'_> = cerial::deserialize(&bytes).unwrap();
    println!("{}", page.title);
}
