//! What belongs to a process and not to a value: iterators under way, threads' results, thread-locals, commands.

use std::cell::RefCell;
use std::process::Command;
use std::thread;

use suitkaise::plugins::context;
use suitkaise::{Barrier, Cerial, ContextVar, Drained, Finished, Lazy, Remaining};

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

thread_local! { static USER: RefCell<String> = RefCell::new("nobody".into()); }
context! { struct User: String = thread_local USER; }

#[derive(Cerial)]
pub struct Surroundings {
    under_way: Drained<Remaining<std::vec::IntoIter<u32>>>,
    exhausted: Drained<Remaining<std::vec::IntoIter<String>>>,
    lazy: (Lazy<Vec<u8>>, Lazy<String>),
    finished: Finished<u64>,
    user: ContextVar<User>,
    barrier: Barrier,
    command: Command,
    handles: (std::io::Stdin, std::io::Stdout, std::io::Stderr),
}

impl Noun for Surroundings {
    const NAME: &'static str = "surroundings";

    fn new(cx: &mut Build) -> Surroundings {
        let mut under_way = Drained::of(cx.some(9, |cx| cx.rng.u32(..)));
        under_way.next();
        let (seen, later) = (cx.text(4), cx.some(4, |cx| cx.rng.u8(..)));
        let lazy = (Lazy::new(move || later), Lazy::new(move || seen));
        lazy.1.force();
        let sum = cx.rng.u64(..);
        let finished = Finished::new(thread::spawn(move || sum));
        finished.wait();
        USER.set(format!("user {}", cx.seed));
        let user = ContextVar::taken();
        USER.set("nobody".into());
        let mut command = Command::new("/bin/echo");
        command
            .arg(cx.seed.to_string())
            .arg("two words")
            .env("WORST", "1")
            .env_remove("HOME")
            .current_dir("/");
        Surroundings {
            under_way,
            exhausted: Drained::of(vec![]),
            lazy,
            finished,
            user,
            barrier: Barrier::new(1),
            command,
            handles: (std::io::stdin(), std::io::stdout(), std::io::stderr()),
        }
    }

    fn verify(&self, came: &Surroundings, checks: &mut Checks<'_>) {
        let rest =
            |items: &Surroundings| std::iter::from_fn(|| items.under_way.next_now()).collect::<Vec<_>>();
        // Writing an iterator keeps what is left of it: the one that was sent is asked through a copy.
        let bytes = suitkaise::serialize(self).expect("it can be written");
        let sent: Surroundings = suitkaise::deserialize(&bytes).expect("it can be read");
        checks.same("under way", rest(came), rest(&sent));
        checks.same("exhausted", came.exhausted.next_now(), None);
        checks.same("lazy", came.lazy.0.force(), self.lazy.0.force());
        checks.same("lazy and made", came.lazy.1.force(), self.lazy.1.force());
        checks.that("finished", came.finished.is_finished());
        let result = |from: Surroundings| from.finished.into_result();
        let again = suitkaise::serialize(came).ok().and_then(|bytes| suitkaise::deserialize(&bytes).ok());
        checks.same("finished with", again.map(result), Some(result(sent)));
        checks.same("nobody here", USER.with_borrow(Clone::clone), "nobody".to_owned());
        let inside = |user: &ContextVar<User>| user.run(|| USER.with_borrow(Clone::clone));
        checks.same("user", inside(&came.user), inside(&self.user));
        checks.that("barrier", came.barrier.size() == 1 && came.barrier.wait().is_leader());
        let told = |command: &Command| {
            let args: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
            let envs: Vec<_> =
                command.get_envs().map(|(k, v)| (k.to_owned(), v.map(ToOwned::to_owned))).collect();
            (command.get_program().to_owned(), args, envs, command.get_current_dir().map(ToOwned::to_owned))
        };
        checks.same("command", told(&came.command), told(&self.command));
        checks.that("handles", std::io::Write::flush(&mut came.handles.1.lock()).is_ok());
    }
}
part!(Surroundings);
