use suitkaise_sk::sk;

struct Named {
    name: String,
}

#[sk]
impl Named {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn parts(&self) -> Vec<&str> {
        self.name.split(' ').collect()
    }
}

struct Calm;

#[sk(asynced)]
impl Calm {
    pub fn add(&self, a: u32) -> u32 {
        a + 1
    }
}

struct Sleepy;

#[sk(asynced)]
impl Sleepy {
    pub fn nap(&self, log: &mut Vec<u32>) {
        std::thread::sleep(std::time::Duration::ZERO);
        log.push(1);
    }

    #[cfg(unix)]
    pub fn sometimes(&self) {}
}

struct Gone;

#[sk(asynced)]
impl Gone {
    pub fn nap(&self, log: &mut Vec<u32>) {
        std::thread::sleep(std::time::Duration::ZERO);
        log.push(1);
    }
}

fn main() {}
