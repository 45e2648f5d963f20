use suitkaise_sk::sk;

struct Heavy(u32);

#[sk]
impl Heavy {
    fn look(&self) -> u32 {
        self.0
    }

    fn change(&mut self) {
        self.0 += 1;
    }
}

fn main() {
    let mut heavy = Heavy(1);
    let _ = heavy.sk().look().timeout(1.0);
    let _ = heavy.sk_mut().change().background();
    let _ = suitkaise_sk::sk(|x| x);
}
