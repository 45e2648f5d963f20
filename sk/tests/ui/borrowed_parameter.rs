use suitkaise_sk::sk;

#[sk]
fn fill(buffer: &mut Vec<u8>, n: usize) -> usize {
    buffer.resize(n, 0);
    n
}

fn main() {
    let mut buffer = Vec::new();
    let _ = fill::rate_limit(5.0).call(&mut buffer, 3);
    let _ = fill::timeout(5.0).call(&mut buffer, 3);
    let _ = fill::rate_limit(5.0).background();
}
