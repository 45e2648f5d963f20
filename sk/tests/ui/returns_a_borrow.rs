use suitkaise_sk::sk;

#[sk]
fn first(text: &str) -> Option<&str> {
    text.split(' ').next()
}

fn main() {
    let _ = first::rate_limit(1.0).call("a b");
    let _ = first::timeout(1.0);
}
