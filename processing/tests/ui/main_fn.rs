mod arguments {
    #[suitkaise_processing::main(grace = 2)]
    fn main() {}
}

mod another_name {
    #[suitkaise_processing::main]
    fn start() {}
}

mod parameters {
    #[suitkaise_processing::main]
    fn main(args: Vec<String>) {}
}

mod asynchronous {
    #[suitkaise_processing::main]
    async fn main() {}
}

mod no_function {
    #[suitkaise_processing::main]
    struct Main;
}

fn main() {}
