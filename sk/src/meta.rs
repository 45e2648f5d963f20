//! What `#[sk]` on an impl block found out about the methods, as data.

/// What is known about a type's methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedMeta {
    /// The type's name, as written at the impl block.
    pub type_name: &'static str,
    /// The `impl` blocks: the one with `#[sk]`, then those that it names in `blocks(..)`, in that order.
    pub blocks: &'static [MethodBlock],
}

/// What is known about the methods of one `impl` block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MethodBlock {
    /// The upper half of its methods' indices: 0 for the `#[sk]` block, made from the name for an `extend = NAME`.
    pub id: u16,
    /// The methods that take `&self` or `&mut self`, in the order of the source.
    pub methods: &'static [MethodMeta],
    /// Those of its methods that may block.
    pub blocking: &'static [BlockingMethod],
}

impl SharedMeta {
    /// Lists the methods of all blocks.
    pub fn methods(&self) -> impl Iterator<Item = &'static MethodMeta> {
        self.blocks.iter().flat_map(|block| block.methods)
    }

    /// Finds a method by name.
    pub fn method(&self, name: &str) -> Option<&'static MethodMeta> {
        self.methods().find(|m| m.name == name)
    }

    /// Finds a method by its index, which is what travels.
    pub fn at(&self, index: u32) -> Option<&'static MethodMeta> {
        let block = self.blocks.iter().find(|block| u32::from(block.id) == index >> 16)?;
        block.methods.get((index & 0xffff) as usize)
    }

    /// Lists the methods that may block.
    pub fn blocking_methods(&self) -> Vec<BlockingMethod> {
        self.blocks.iter().flat_map(|block| block.blocking).copied().collect()
    }

    /// Whether a block of this id is among them.
    #[doc(hidden)]
    pub const fn lists(&self, id: u16) -> bool {
        let mut i = 0;
        while i < self.blocks.len() {
            if self.blocks[i].id == id {
                return true;
            }
            i += 1;
        }
        false
    }

    /// Lists every attribute that some method reads or writes; `"*"` if one of them is unknown.
    pub fn attributes(&self) -> Vec<&'static str> {
        let mut all: Vec<_> = self.methods().flat_map(|m| m.reads.iter().chain(m.writes)).copied().collect();
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
    /// The block's id and the method's place in it, 16 bits each; what travels instead of the name.
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
    /// Whether the call has an answer, which the caller waits for.
    pub returns: bool,
    /// Whether it can be called from another process: public, with owned arguments and result, or by another method
    /// that has them (`via`).
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
