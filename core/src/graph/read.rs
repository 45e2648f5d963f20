//! The reader's object table.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

use super::write::AddressMap;
use crate::error::{Error, ErrorKind, Result};

#[derive(Clone, Copy)]
enum Slot {
    /// Met by a weak edge only.
    Seen,
    /// Its body is being read.
    Started,
    /// Its body is being read, and a pointer in it leads back: to a placeholder, which is that item.
    Held { arena: u32, item: u32 },
    /// The pointer is `pointers[arena]`'s item. From it, so many heap edges follow each other at the most.
    Finished { arena: u32, item: u32, height: u32, open: bool },
}

struct Arena {
    pointer: TypeId,
    /// A `Vec<P>`.
    items: Box<dyn Any>,
    patch: PatchItem,
}

/// An id is small and dense: it hashes to its product with an odd number.
type ById = BuildHasherDefault<IdHasher>;

#[derive(Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_usize(byte.into());
        }
    }
    fn write_usize(&mut self, id: usize) {
        self.0 = (self.0 ^ id as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

type PatchItem = Box<dyn Fn(&dyn Any, usize, &mut Patcher<'_>)>;

/// The dangling `Weak`s handed out for one type of pointer, by id: one allocation a target, not one an edge.
struct Dangling {
    weak: TypeId,
    /// A `HashMap<usize, W>`.
    by_id: Box<dyn Any>,
}

/// Finished objects by id, and the weak edges that wait.
pub(crate) struct ReadGraph {
    slots: Vec<Slot>,
    arenas: Vec<Arena>,
    last_arena: usize,
    /// The objects whose bodies are being read, outermost first.
    stack: Vec<Frame>,
    /// How many heap edges may follow at the deepest place below the innermost of them.
    lowest: u32,
    /// Address of a dangling `Weak` -> its place in `targets`.
    waiting: AddressMap,
    /// The ids that dangling `Weak`s stand for.
    targets: Vec<usize>,
    /// The objects that hold such a `Weak` directly.
    owners: Vec<usize>,
    root_waits: bool,
    eager: u32,
    dangling: Vec<Dangling>,
    /// What puts the bodies of objects into their placeholders.
    closers: Vec<Box<dyn FnOnce()>>,
}

/// An object whose body is being read.
struct Frame {
    id: usize,
    open: bool,
    /// How many edges might follow where its pointer stands.
    left: u32,
    /// How many might follow at the deepest place that the object around it has reached before.
    outer: u32,
}

/// What a strong edge asks for.
pub(crate) enum Strong<P> {
    /// Read the body, then [`ReadGraph::finish`].
    Body,
    /// Here it is.
    Done(P),
    /// Its body stands around: a placeholder for it, then [`ReadGraph::hold`].
    Around(usize),
    /// Its body goes deeper than the limit from here.
    TooDeep,
}

impl Default for ReadGraph {
    fn default() -> ReadGraph {
        ReadGraph {
            slots: Vec::new(),
            arenas: Vec::new(),
            last_arena: 0,
            stack: Vec::new(),
            lowest: u32::MAX,
            waiting: AddressMap::default(),
            targets: Vec::new(),
            owners: Vec::new(),
            root_waits: false,
            eager: 0,
            dangling: Vec::new(),
            closers: Vec::new(),
        }
    }
}

impl ReadGraph {
    /// Meets a strong edge by its tag.
    #[inline]
    pub(crate) fn strong<P: Clone + 'static>(&mut self, tag: usize, left: u32) -> Result<Strong<P>> {
        let id = tag >> 1;
        if tag & 1 == 0 {
            return self.get(id, left);
        }
        if id == self.slots.len() {
            self.slots.push(Slot::Started);
        } else {
            match self.slots.get_mut(id) {
                Some(slot @ Slot::Seen) => *slot = Slot::Started,
                Some(_) => return Err(Error::malformed(format!("object {id} has two bodies"))),
                None => return Err(Error::malformed(format!("object {id} stands before its turn"))),
            }
        }
        self.stack.push(Frame { id, open: false, left, outer: self.lowest });
        self.lowest = left.saturating_sub(1);
        Ok(Strong::Body)
    }

    #[inline]
    fn get<P: Clone + 'static>(&mut self, id: usize, left: u32) -> Result<Strong<P>> {
        let (arena, item) = match self.slots.get(id) {
            Some(&Slot::Finished { arena, item, height, open }) => {
                if height > left {
                    return Ok(Strong::TooDeep);
                }
                self.lowest = self.lowest.min(left - height);
                if open {
                    self.mark_open()?;
                }
                (arena, item)
            }
            Some(&Slot::Held { arena, item }) => {
                self.mark_open()?;
                (arena, item)
            }
            Some(Slot::Started) => {
                self.mark_open()?;
                return Ok(Strong::Around(id));
            }
            Some(Slot::Seen) => return Err(incomplete(id)),
            None => return Err(Error::malformed(format!("object {id} does not exist"))),
        };
        self.item(arena, item).cloned().map(Strong::Done).ok_or_else(|| confused(id))
    }

    /// Keeps the placeholder of an object whose body is being read. `patch` fills in weak edges that it will hold.
    pub(crate) fn hold<P: Clone + 'static>(
        &mut self,
        id: usize,
        placeholder: Option<P>,
        patch: impl Fn(&P, &mut Patcher<'_>) + 'static,
    ) -> Result<P> {
        let placeholder = placeholder.ok_or_else(|| incomplete(id))?;
        let (arena, item) = self.keep(&placeholder, patch);
        self.slots[id] = Slot::Held { arena, item };
        Ok(placeholder)
    }

    /// Puts a body into its placeholder when all is read.
    pub(crate) fn close_later(&mut self, closer: Box<dyn FnOnce()>) {
        self.closers.push(closer);
    }

    fn item<P: 'static>(&self, arena: u32, item: u32) -> Option<&P> {
        self.arenas[arena as usize].items.downcast_ref::<Vec<P>>().map(|items| &items[item as usize])
    }

    /// The innermost started object is complete: keeps its pointer, unless there is a placeholder already, which is
    /// returned. `patch` fills in weak edges that it holds.
    #[inline]
    pub(crate) fn finish<P: Clone + 'static>(
        &mut self,
        pointer: &P,
        patch: impl Fn(&P, &mut Patcher<'_>) + 'static,
    ) -> Result<Option<P>> {
        let Frame { id, open, left, outer } =
            self.stack.pop().expect("invariant: a finished object was started");
        let height = left - self.lowest;
        self.lowest = self.lowest.min(outer);
        let mut held = None;
        let (arena, item) = match self.slots[id] {
            Slot::Held { arena, item } => {
                held = Some(self.item(arena, item).cloned().ok_or_else(|| confused(id))?);
                (arena, item)
            }
            _ => self.keep(pointer, patch),
        };
        self.slots[id] = Slot::Finished { arena, item, height, open };
        if open {
            self.mark_open()?;
        }
        Ok(held)
    }

    #[inline]
    fn keep<P: Clone + 'static>(
        &mut self,
        pointer: &P,
        patch: impl Fn(&P, &mut Patcher<'_>) + 'static,
    ) -> (u32, u32) {
        let arena = self.arena::<P>(patch);
        let items =
            self.arenas[arena].items.downcast_mut::<Vec<P>>().expect("invariant: arenas are found by type");
        items.push(pointer.clone());
        (arena as u32, (items.len() - 1) as u32)
    }

    #[inline]
    fn arena<P: 'static>(&mut self, patch: impl Fn(&P, &mut Patcher<'_>) + 'static) -> usize {
        let pointer = TypeId::of::<P>();
        if self.arenas.get(self.last_arena).is_some_and(|a| a.pointer == pointer) {
            return self.last_arena;
        }
        let found = self.arenas.iter().position(|a| a.pointer == pointer);
        self.last_arena = found.unwrap_or_else(|| {
            let patch: PatchItem = Box::new(move |items, item, patcher| {
                if let Some(items) = items.downcast_ref::<Vec<P>>() {
                    patch(&items[item], patcher);
                }
            });
            self.arenas.push(Arena { pointer, items: Box::new(Vec::<P>::new()), patch });
            self.arenas.len() - 1
        });
        self.last_arena
    }

    /// Meets a weak edge to an object: the finished pointer, or nothing yet.
    #[inline]
    pub(crate) fn weak<P: Clone + 'static>(&mut self, id: usize) -> Result<Option<P>> {
        match self.slots.get(id) {
            Some(&Slot::Finished { arena, item, open, .. }) => {
                if open {
                    self.mark_open()?;
                }
                return self.item::<P>(arena, item).cloned().map(Some).ok_or_else(|| confused(id));
            }
            Some(&Slot::Held { arena, item }) => {
                self.mark_open()?;
                return self.item::<P>(arena, item).cloned().map(Some).ok_or_else(|| confused(id));
            }
            Some(_) => {}
            None if id == self.slots.len() => self.slots.push(Slot::Seen),
            None => return Err(Error::malformed(format!("object {id} stands before its turn"))),
        }
        Ok(None)
    }

    /// A dangling `Weak` that stands for `id`: one for all edges to it.
    pub(crate) fn wait<W: Clone + 'static>(
        &mut self,
        id: usize,
        make: impl FnOnce() -> W,
        address: impl FnOnce(&W) -> usize,
    ) -> Result<W> {
        self.mark_open()?;
        let kind = TypeId::of::<W>();
        let place = self.dangling.iter().position(|d| d.weak == kind).unwrap_or_else(|| {
            self.dangling
                .push(Dangling { weak: kind, by_id: Box::new(HashMap::<usize, W, ById>::default()) });
            self.dangling.len() - 1
        });
        let by_id = self.dangling[place].by_id.downcast_mut::<HashMap<usize, W, ById>>();
        let by_id = by_id.expect("invariant: dangling pointers are found by type");
        let weak = match by_id.entry(id) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(free) => {
                let weak = free.insert(make());
                self.waiting.get_or_add(address(weak));
                self.targets.push(id);
                weak.clone()
            }
        };
        match self.stack.last() {
            Some(&Frame { id: owner, .. }) => {
                if self.owners.last() != Some(&owner) {
                    self.owners.push(owner);
                }
            }
            None => self.root_waits = true,
        }
        Ok(weak)
    }

    fn mark_open(&mut self) -> Result<()> {
        if self.eager > 0 {
            return Err(Error::new(
                ErrorKind::Cycle,
                "a map key or a handler's state leads to an object that is not complete yet",
            ));
        }
        if let Some(frame) = self.stack.last_mut() {
            frame.open = true;
        }
        Ok(())
    }

    pub(crate) fn enter_eager(&mut self) {
        self.eager += 1;
    }

    pub(crate) fn leave_eager(&mut self) {
        self.eager -= 1;
    }

    /// Fills in all placeholders, then all weak edges that wait; `root` patches what no shared object owns.
    pub(crate) fn patch(mut self, root: impl FnOnce(&mut Patcher<'_>)) {
        for close in self.closers.drain(..) {
            close();
        }
        self.owners.sort_unstable();
        self.owners.dedup();
        let mut patcher = Patcher { graph: &self };
        for &owner in &self.owners {
            if let Slot::Finished { arena, item, .. } = self.slots[owner] {
                let arena = &self.arenas[arena as usize];
                (arena.patch)(&*arena.items, item as usize, &mut patcher);
            }
        }
        if self.root_waits {
            root(&mut patcher);
        }
    }
}

#[cold]
fn incomplete(id: usize) -> Error {
    Error::new(ErrorKind::Cycle, format!("object {id} is pointed at before it is complete"))
}

#[cold]
fn confused(id: usize) -> Error {
    Error::new(ErrorKind::TypeMismatch, format!("object {id} is of another type than the pointer to it"))
}

/// Replaces dangling `Weak`s by the ones they stand for.
pub struct Patcher<'a> {
    graph: &'a ReadGraph,
}

impl Patcher<'_> {
    /// The pointer for which the dangling `Weak` at `address` stands, if it is one that waits: the inner `None` is
    /// an object without a body.
    #[inline]
    pub(crate) fn target<P: 'static>(&self, address: usize) -> Option<Option<&P>> {
        let id = self.graph.targets[self.graph.waiting.get(address)?];
        Some(match self.graph.slots[id] {
            Slot::Finished { arena, item, .. } => self.graph.item(arena, item),
            _ => None,
        })
    }

    /// Goes one heap edge down for the time of `f`; the stack grows on the heap where it is deep.
    pub(crate) fn nested(&mut self, f: impl FnOnce(&mut Self)) {
        stacker::maybe_grow(64 << 10, 1 << 20, || f(self));
    }
}
