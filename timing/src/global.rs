//! The timers that `#[timethis]` makes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};

use crate::Sktimer;
use crate::store::lock;

static REGISTRY: Mutex<BTreeMap<String, &'static GlobalTimer>> = Mutex::new(BTreeMap::new());

/// The timer of one `#[timethis]` function: a static that enters the registry at its first use.
#[derive(Debug)]
pub struct GlobalTimer {
    timer: Sktimer,
    name: OnceLock<String>,
    registered: AtomicBool,
}

impl GlobalTimer {
    /// An empty timer, not yet registered.
    #[expect(clippy::new_without_default, reason = "made by the macro, as a static")]
    pub const fn new() -> GlobalTimer {
        GlobalTimer { timer: Sktimer::new(), name: OnceLock::new(), registered: AtomicBool::new(false) }
    }

    /// The timer. `name` and `setup` run once, before its first use.
    #[inline]
    pub fn get(
        &'static self,
        name: impl FnOnce() -> String,
        setup: impl FnOnce(&Sktimer),
    ) -> &'static Sktimer {
        if !self.registered.load(Ordering::Acquire) {
            self.register(name, setup);
        }
        &self.timer
    }

    #[cold]
    fn register(&'static self, name: impl FnOnce() -> String, setup: impl FnOnce(&Sktimer)) {
        let name = self.name.get_or_init(|| {
            setup(&self.timer);
            name()
        });
        let mut registry = lock(&REGISTRY);
        // functions of one name in one module (in different bodies): the later ones are numbered
        let mut key = name.clone();
        let mut number = 1;
        while registry.get(&key).is_some_and(|other| !std::ptr::eq(*other, self)) {
            number += 1;
            key = format!("{name}_{number}");
        }
        registry.insert(key, self);
        self.registered.store(true, Ordering::Release);
    }
}

/// All timers that [`#[timethis]`](macro@crate::timethis) functions have used since the start of the program or the last
/// [`clear_global_timers`], with their names, sorted.
///
/// A function's timer is called `module_function_timer`, a method's `module_Type_method_timer`, where the module is the
/// whole path with `_` between its parts.
pub fn global_timers() -> Vec<(String, &'static Sktimer)> {
    lock(&REGISTRY).iter().map(|(name, global)| (name.clone(), &global.timer)).collect()
}

/// The timer of this name; `None` if its function has not run since the last [`clear_global_timers`].
pub fn global_timer(name: &str) -> Option<&'static Sktimer> {
    lock(&REGISTRY).get(name).map(|global| &global.timer)
}

/// Resets all global timers and forgets them; a function that runs again starts a new series.
pub fn clear_global_timers() {
    let mut registry = lock(&REGISTRY);
    for global in std::mem::take(&mut *registry).into_values() {
        global.timer.reset();
        global.registered.store(false, Ordering::Release);
    }
}
