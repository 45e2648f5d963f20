//! What `#[sk]` on an impl block found out about the methods, as data.

/// What is known about a type's methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedMeta {
    /// The type's name, as written at the impl block.
    pub type_name: &'static str,
    /// The methods that take `self`, in the order of the source.
    pub methods: &'static [MethodMeta],
}

impl SharedMeta {
    /// Finds a method by name.
    pub fn method(&self, name: &str) -> Option<&'static MethodMeta> {
        self.methods.iter().find(|m| m.name == name)
    }

    /// Lists every attribute that some method reads or writes; `"*"` if one of them is unknown.
    pub fn attributes(&self) -> Vec<&'static str> {
        let mut all: Vec<_> =
            self.methods.iter().flat_map(|m| m.reads.iter().chain(m.writes)).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// What is known about one method.
///
/// `reads` and `writes` may name too much, never too little: what the analysis cannot follow is `"*"`, every attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MethodMeta {
    /// The method's name.
    pub name: &'static str,
    /// Its place among the methods of the block; what travels instead of the name.
    pub index: u32,
    /// The attributes it reads.
    pub reads: &'static [&'static str],
    /// The attributes it may change, through `&mut` or through a cell, lock or atomic.
    pub writes: &'static [&'static str],
    /// The calls in it that may block.
    pub blocking_calls: &'static [&'static str],
    /// Whether it takes `&mut self`.
    pub exclusive: bool,
    /// Whether it is a property: `&self`, no arguments, a result, and nothing written.
    pub getter: bool,
    /// Whether it returns something.
    pub returns: bool,
    /// Whether the proxy has it: public, with owned arguments and result.
    pub shared: bool,
}

impl MethodMeta {
    /// Whether the method may change the attribute.
    pub fn may_write(&self, attribute: &str) -> bool {
        self.writes.iter().any(|w| *w == attribute || *w == "*")
    }

    /// Whether the method may read the attribute.
    pub fn may_read(&self, attribute: &str) -> bool {
        self.reads.iter().any(|r| *r == attribute || *r == "*")
    }
}

/// The calls in a method that may block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockingMethod {
    /// The method.
    pub name: &'static str,
    /// The calls, as paths; `"#[blocking]"` if it was marked by hand.
    pub calls: &'static [&'static str],
}
