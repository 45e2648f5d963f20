use suitkaise_sk::sk;

struct Unlisted;

#[sk]
impl Unlisted {
    pub fn a(&self) {}
}

#[sk(extend = further)]
impl Unlisted {
    pub fn b(&self) {}
}

struct Via;

#[sk(proxy)]
impl Via {
    #[sk(via)]
    pub fn a(&self) {}
}

struct Lends;

#[sk(proxy)]
impl Lends {
    #[sk(via = other(text: &mut String))]
    pub fn a(&self) {}

    #[sk(via = third() -> &str)]
    pub fn b(&self) {}
}

struct Ended;

#[sk(process_ended)]
impl Ended {
    pub fn a(&self) {}
}

fn main() {}
